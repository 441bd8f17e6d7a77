"""Errors of the JSON API, all of one shape: RFC 9457 application/problem+json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"

TITLES: Mapping[int, str] = {
    400: "Запрос непонятен",
    401: "Нужно войти",
    403: "Нет прав",
    404: "Не найдено",
    405: "Так к этому адресу не обращаются",
    409: "Уже изменено",
    413: "Слишком много данных",
    422: "Ошибка в данных",
    429: "Слишком часто",
    500: "Ошибка сервера",
    503: "Сервис временно недоступен",
}


class FieldError(BaseModel):
    """One wrong field."""

    field: str = Field(description="Where: `query.limit`, `body.text`.")
    message: str = Field(description="What is wrong with it.")


class ProblemDetails(BaseModel):
    """RFC 9457 problem details. `detail` is Russian, for a person; `type` and `status` are for programs."""

    type: str = Field(default="about:blank", description="Always about:blank: `status` says the kind of the error.")
    title: str = Field(description="The kind of the error, Russian.")
    status: int = Field(description="The HTTP status code.")
    detail: str = Field(description="What happened, what was kept and what to do; Russian.")
    errors: list[FieldError] = Field(default_factory=list, description="Wrong fields, where the data are wrong.")


class Failure(HTTPException):
    """Raise it to answer with an error: `detail` is Russian, for a person."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, detail, dict(headers) if headers else None)


def title_of(status: int) -> str:
    return TITLES.get(status) or HTTPStatus(status).phrase


def problem_response(
    status: int,
    detail: str,
    *,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    content = ProblemDetails(title=title_of(status), status=status, detail=detail, errors=list(errors))
    return JSONResponse(content.model_dump(), status, dict(headers) if headers else None, media_type=MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses for the error statuses that an endpoint may answer with."""
    content = {MEDIA_TYPE: {"schema": ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")}}
    return {status: {"description": title_of(status), "content": content} for status in statuses}
