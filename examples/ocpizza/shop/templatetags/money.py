from django import template

register = template.Library()


@register.filter
def euros(cents: int) -> str:
    """1250 -> "€12.50"."""
    return f"€{cents // 100}.{cents % 100:02}"
