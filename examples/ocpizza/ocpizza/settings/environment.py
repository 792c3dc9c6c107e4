"""The environment, read once at the start. What is missing or wrong ends the start with one sentence."""
import os

from django.core.exceptions import ImproperlyConfigured


def required(name: str, example: str) -> str:
    """The value of a variable that has no safe default."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name}: must be set in the environment, such as {name}={example}")
    return value


def one_of(name: str, allowed: tuple[str, ...], default: str) -> str:
    """The value of a variable that is one of a few words."""
    value = os.environ.get(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f'{name}: must be one of {", ".join(allowed)}, got "{value}"')
    return value


def whole_number(name: str, default: int) -> int:
    """The value of a variable that counts something, from 0."""
    value = os.environ.get(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f'{name}: must be a whole number from 0, got "{value}"')
    return int(value)


def words(name: str, default: str) -> list[str]:
    """The comma-separated words of a variable, without blanks and empty ones."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]
