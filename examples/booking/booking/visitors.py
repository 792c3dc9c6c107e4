"""Who asks: a visitor by the token in a cookie, an administrator by a password or the cookie that it was given for."""
import asyncio
import base64
import hashlib
import hmac
import secrets
import time
from typing import Annotated

from fastapi import Depends, Request, Response

from . import environment
from .errors import ApiError

VISITOR, ADMIN = "visitor", "admin"
YEAR = 365 * 24 * 3600
WORKDAY = 12 * 3600


def visitor(request: Request, response: Response) -> bytes:
    """SHA-256 of the visitor's token: what is stored tells no token. Who has none gets one."""
    token = request.cookies.get(VISITOR, "")
    if not 32 <= len(token) <= 64:
        token = secrets.token_urlsafe(32)
        set_cookie(request, response, VISITOR, token, seconds=YEAR, same_site="lax")
    return hashlib.sha256(token.encode()).digest()


def set_cookie(request: Request, response: Response, name: str, value: str, *, seconds: int, same_site: str) -> None:
    """Scripts cannot read it, and over TLS it never travels without."""
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite=same_site, secure=request.url.scheme == "https")


def signed(password: str, expires: int) -> str:
    """What the cookie of an administrator says. The password is its key, so every process and host takes it, and a new password ends it."""
    return f"{expires}.{hmac.new(password.encode(), f'admin until {expires}'.encode(), hashlib.sha256).hexdigest()}"


def is_admin(request: Request) -> bool:
    password = environment.admin_password()
    cookie = request.cookies.get(ADMIN, "")
    expires = cookie.partition(".")[0]
    # Before the rest: a cookie is any text, of which int() and compare_digest() take but some.
    if cookie.isascii() and expires.isdigit() and len(expires) <= 12 and hmac.compare_digest(cookie, signed(password, int(expires))):
        return int(expires) > time.time()
    # For curl and its like: `curl --user admin:PASSWORD`.
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    try:
        said = base64.b64decode(credentials, validate=True)
    except ValueError:
        return False
    return scheme.lower() == "basic" and hmac.compare_digest(said, f"admin:{password}".encode())


def admin(request: Request) -> None:
    """Raises ApiError 401 for everybody else."""
    if not is_admin(request):
        raise ApiError(401, "not_signed_in", "this is for administrators; sign in first")


async def sign_in(request: Request, response: Response, password: str) -> None:
    """Gives the cookie. Raises ApiError 401, a second later, which slows down one who tries by hand. Nothing counts attempts, so what holds
    against a program that tries many at once is the password: make it a random one."""
    if not hmac.compare_digest(password.encode(), environment.admin_password().encode()):
        await asyncio.sleep(1)
        raise ApiError(401, "wrong_password", "this is not the password")
    value = signed(environment.admin_password(), int(time.time()) + WORKDAY)
    set_cookie(request, response, ADMIN, value, seconds=WORKDAY, same_site="strict")


Visitor = Annotated[bytes, Depends(visitor)]
