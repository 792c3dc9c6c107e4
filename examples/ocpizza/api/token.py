"""Who calls: a signed token, given by POST /login and sent back as `Authorization: Bearer TOKEN`."""
from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from .service import ApiError

_SALT = "api.token"


def make(user: User) -> str:
    """A token that ends after LOGIN_TOKEN_SECONDS, or with the next change of the password."""
    return signing.dumps([user.pk, user.get_session_auth_hash()], salt=_SALT)


def caller(request: HttpRequest) -> User | None:
    """The user whose token came with the request; None without one. Raises ApiError 401 for a token that is not good."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return None
    if scheme.lower() == "bearer":
        try:
            pk, password_hash = signing.loads(token.strip(), salt=_SALT, max_age=settings.LOGIN_TOKEN_SECONDS)
        except signing.BadSignature:
            pk = None
        user = User.objects.filter(pk=pk, is_active=True).first() if pk else None
        if user and constant_time_compare(password_hash, user.get_session_auth_hash()):
            return user
    raise ApiError(401, "token: is wrong or too old; log in again")


def require_caller(request: HttpRequest) -> User:
    """The user of the token. Raises ApiError 401."""
    user = caller(request)
    if user is None:
        raise ApiError(401, "token: is missing; send Authorization: Bearer TOKEN, from POST /login")
    return user
