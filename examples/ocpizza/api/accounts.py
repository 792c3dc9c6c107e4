"""POST /createAccount, PUT and DELETE /account/{id}."""
from django.contrib.auth import password_validation
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from shop.models import Account

from . import fields, token
from .service import ApiError, account_json, body_of, created, not_found, row_id

_PROFILE = {"name": fields.text(60, 1), "phone": fields.text(20), "address": fields.text(200)}


def check_password(password: str, user: User) -> None:
    """Raises ApiError 400 for a password that is too easy."""
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise ApiError(400, "some fields are wrong", {"password": " ".join(error.messages)}) from None


def create(request: HttpRequest) -> HttpResponse:
    data = fields.read(body_of(request), {
        "email": (fields.email, fields.REQUIRED),
        "password": (fields.text(128, 10), fields.REQUIRED),
        "name": (_PROFILE["name"], fields.REQUIRED),
        "phone": (_PROFILE["phone"], ""),
        "address": (_PROFILE["address"], ""),
    })
    email, password = data.pop("email"), data.pop("password")
    user = User(username=email, email=email)
    check_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
            account = Account.objects.create(user=user, **data)
    except IntegrityError:
        raise ApiError(409, "email: has an account already") from None
    return created(account_json(account), f"/account/{account.pk}")


def _own(request: HttpRequest, account_id: str) -> Account:
    """The account, for its owner and for staff. Raises ApiError 401, 403 or 404."""
    user, pk = token.require_caller(request), row_id(account_id, "account")
    if user.pk != pk and not user.is_staff:
        raise ApiError(403, "account: is not yours")
    account = Account.objects.select_related("user").filter(pk=pk).first()
    if account is None:
        raise not_found("account")
    return account


def change(request: HttpRequest, account_id: str) -> HttpResponse:
    """Fields that are left out stay."""
    account = _own(request, account_id)
    data = fields.read(body_of(request), {
        "email": (fields.email, account.user.email),
        **{name: (check, getattr(account, name)) for name, check in _PROFILE.items()},
    })
    account.user.username = account.user.email = data.pop("email")
    for name, value in data.items():
        setattr(account, name, value)
    try:
        with transaction.atomic():
            account.user.save(update_fields=["username", "email"])
            account.save()
    except IntegrityError:
        raise ApiError(409, "email: has an account already") from None
    return JsonResponse(account_json(account))


def delete(request: HttpRequest, account_id: str) -> HttpResponse:
    """Orders stay for the books, without their account."""
    _own(request, account_id).user.delete()
    return HttpResponse(status=204)
