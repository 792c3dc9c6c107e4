"""What every web service shares: JSON in, JSON out, errors as JSON with their status."""
import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from shop.models import Account
from shop.ordering import Conflict

Handler = Callable[..., HttpResponse]


class ApiError(Exception):
    """Ends a request with `status` and {"error": text}, and "fields" where single fields are wrong."""

    def __init__(self, status: int, text: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(text)
        self.status, self.text, self.fields = status, text, fields

    def response(self) -> JsonResponse:
        body: dict[str, Any] = {"error": self.text}
        if self.fields:
            body["fields"] = self.fields
        response = JsonResponse(body, status=self.status)
        if self.status == 401:
            response["WWW-Authenticate"] = "Bearer"
        return response


def service(**handlers: Handler) -> Handler:
    """One address of the API: a handler for each method, `service(GET=read, PUT=change)`."""

    # No cookie says who calls, so there is nothing that a foreign page could misuse.
    @csrf_exempt
    @never_cache
    def view(request: HttpRequest, **arguments: Any) -> HttpResponse:
        handler = handlers.get("GET" if request.method == "HEAD" else request.method or "")
        if handler is None:
            response = ApiError(405, f"method: must be {' or '.join(handlers)}, got {request.method}").response()
            response["Allow"] = ", ".join(handlers)
            return response
        try:
            return handler(request, **arguments)
        except ApiError as error:
            return error.response()
        except Conflict as conflict:
            return ApiError(409, str(conflict)).response()

    return view


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object in the request's body. Raises ApiError 400."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise ApiError(400, "body: must be JSON in UTF-8") from None
    if not isinstance(body, dict):
        raise ApiError(400, "body: must be a JSON object")
    return body


def created(body: dict[str, Any], location: str) -> JsonResponse:
    return JsonResponse(body, status=201, headers={"Location": location})


def not_found(what: str) -> ApiError:
    return ApiError(404, f"{what}: there is none with this id")


def row_id(text: str, what: str) -> int:
    """The id in an address. Raises ApiError 404 for what no table can hold."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise not_found(what)
    return int(text)


def account_json(account: Account) -> dict[str, Any]:
    return {
        "id": account.pk,
        "email": account.user.email,
        "name": account.name,
        "phone": account.phone,
        "address": account.address,
    }
