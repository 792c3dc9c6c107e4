"""POST /login and POST /resetPassword."""
import logging
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse, JsonResponse

from . import fields, token
from .accounts import check_password
from .service import ApiError, body_of

log = logging.getLogger(__name__)


def login(request: HttpRequest) -> HttpResponse:
    data = fields.read(body_of(request), {
        "email": (fields.email, fields.REQUIRED),
        "password": (fields.text(128, 1), fields.REQUIRED),
    })
    user = authenticate(request, username=data["email"], password=data["password"])
    if user is None:
        raise ApiError(401, "email or password: is wrong")
    return JsonResponse({"id": user.pk, "token": token.make(user), "expiresInSeconds": settings.LOGIN_TOKEN_SECONDS})


def reset_password(request: HttpRequest) -> HttpResponse:
    """First with the e-mail address alone, which sends a code; then with code and new password beside it."""
    if not settings.EMAIL_HOST:
        raise ApiError(503, "mail: is not set up on this server, so no code can be sent")
    body = body_of(request)
    if body.keys() & {"code", "password"}:
        return _set_password(body)
    email = fields.read(body, {"email": (fields.email, fields.REQUIRED)})["email"]
    user = User.objects.filter(username=email, is_active=True).first()
    if user:
        try:
            send_mail("Your code for OC Pizza", f"Code: {default_token_generator.make_token(user)}\n", None, [email])
        except (OSError, SMTPException) as error:
            # Told to the operators only: another answer than for an unknown address would tell who has an account.
            log.error("mail with a code was not sent: %s", error)
    return JsonResponse({"status": "a code was sent if the address has an account"}, status=202)


def _set_password(body: dict) -> HttpResponse:
    data = fields.read(body, {
        "email": (fields.email, fields.REQUIRED),
        "code": (fields.text(100, 1), fields.REQUIRED),
        "password": (fields.text(128, 10), fields.REQUIRED),
    })
    user = User.objects.filter(username=data["email"], is_active=True).first()
    if user is None or not default_token_generator.check_token(user, data["code"]):
        raise ApiError(400, "code: is wrong, used or too old; ask for a new one")
    check_password(data["password"], user)
    user.set_password(data["password"])
    user.save(update_fields=["password"])
    return JsonResponse({"status": "password changed"})
