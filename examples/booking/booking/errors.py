"""Errors as JSON of one form: {"error": {"code", "message", "fields"}}."""
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException


class Error(BaseModel):
    code: str = Field(description="for programs; never changes", examples=["sold_out"])
    message: str = Field(description="for people")
    fields: dict[str, str] = Field(description="what is wrong with each wrong parameter")


class Failure(BaseModel):
    error: Error


class ApiError(Exception):
    """Ends a request with an error; `code` is a word for programs, `message` a sentence for people."""

    def __init__(self, status: int, code: str, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.answer = Failure(error=Error(code=code, message=message, fields=fields or {}))


def responses(*statuses: int) -> dict[int | str, dict[str, object]]:
    """For the OpenAPI description of a request that may end with these."""
    return {status: {"model": Failure} for status in statuses}


def register(app: FastAPI) -> None:
    """Has every error of the app answered in the one form."""

    @app.exception_handler(ApiError)
    async def api_error(_request: Request, error: ApiError) -> JSONResponse:
        # Retry-After: a 503 is for as long as the database is away or busy.
        headers = {"Retry-After": "3"} if error.status == 503 else {}
        if error.status == 401:
            # Not "Basic", for which a browser would show a box of its own over the page's form.
            headers["WWW-Authenticate"] = 'FormBased realm="admin"'
        return JSONResponse(error.answer.model_dump(), error.status, {"Cache-Control": "no-store", **headers})

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        fields = {".".join(str(part) for part in fault["loc"][1:]) or str(fault["loc"][0]): fault["msg"] for fault in error.errors()}
        return await api_error(request, ApiError(422, "invalid_request", "the request has values that cannot be used", fields))

    @app.exception_handler(HTTPException)
    async def http_error(_request: Request, error: HTTPException) -> JSONResponse:
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
        failure = ApiError(error.status_code, code, str(error.detail).lower())
        return JSONResponse(failure.answer.model_dump(), error.status_code, error.headers)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, _error: Exception) -> JSONResponse:
        # The server logs the trace by itself.
        return await api_error(request, ApiError(500, "internal_error", "the server made a mistake; its log has the details"))
