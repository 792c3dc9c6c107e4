"""Checks of one JSON value each: `check(value)` gives the clean value or raises ValueError with what it must be."""
import uuid
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from .service import ApiError

Check = Callable[[Any], Any]
REQUIRED = object()


def text(longest: int, shortest: int = 0) -> Check:
    """A string without control characters (PostgreSQL refuses NUL), blanks around it cut."""

    def check(value: Any) -> str:
        clean = value.strip() if isinstance(value, str) else None
        if clean is None or not shortest <= len(clean) <= longest or not clean.isprintable():
            raise ValueError(f"must be text of {shortest} to {longest} characters without control characters")
        return clean

    return check


def email(value: Any) -> str:
    """An address in lower case, so that nobody has two accounts by capitals."""
    try:
        address = text(150, 3)(value).lower()
        validate_email(address)
    except (ValueError, ValidationError):
        raise ValueError("must be an e-mail address of at most 150 characters") from None
    return address


def number(lowest: int, highest: int) -> Check:
    def check(value: Any) -> int:
        # bool is an int to Python.
        if type(value) is not int or not lowest <= value <= highest:
            raise ValueError(f"must be a whole number from {lowest} to {highest}")
        return value

    return check


def word(*allowed: str) -> Check:
    def check(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return value

    return check


def order_id(value: Any) -> uuid.UUID:
    try:
        return uuid.UUID(text(36, 32)(value))
    except ValueError:
        raise ValueError("must be the id of an order") from None


def read(body: dict[str, Any], checks: dict[str, tuple[Check, Any]]) -> dict[str, Any]:
    """All fields of `body`, checked; `checks` maps a name to (check, default or REQUIRED).
    Raises one ApiError 400 that names every wrong field, unknown ones included."""
    clean, wrong = {}, {}
    for name, (check, default) in checks.items():
        if name not in body:
            if default is REQUIRED:
                wrong[name] = "is missing"
            else:
                clean[name] = default
            continue
        try:
            clean[name] = check(body[name])
        except ValueError as error:
            wrong[name] = str(error)
    for name in body.keys() - checks.keys():
        wrong[name] = f"is not a known field; known are {', '.join(checks)}"
    if wrong:
        raise ApiError(400, "some fields are wrong", dict(sorted(wrong.items())))
    return clean
