"""Dollars and changes as people write them."""
from django import template

register = template.Library()


@register.filter
def dollars(usd: float) -> str:
    """64,210.50 with its sign: `$64,210.50`."""
    return f"${usd:,.2f}"


@register.filter
def whole_dollars(usd: float) -> str:
    return f"${usd:,.0f}"


@register.filter
def percent(change: float) -> str:
    """A change with its direction: `▲ 1.25 %`, `▼ 2.23 %`."""
    return f"{'▼' if change < 0 else '▲'} {abs(change):.2f} %"
