"""What a failed request is answered with: problem+json under /api and for probes, a Russian page everywhere else."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests
from starlette.exceptions import HTTPException

from api.problem_details import FieldError, problem_response, title_of
from api.rendering import render
from ingest import Refused, StorageFull
from models import refusal

log = logging.getLogger("otklik.api")

UNAVAILABLE = (
    "Сервис временно недоступен: нет связи с базой данных. Ничего не записано — повторите через несколько минут."
)
UNSTORABLE = "В запросе есть знак, число или дата, которых быть не может. Исправьте их и повторите. Ничего не записано."
BROKEN = (
    "На сервере произошла ошибка. Ваше действие не выполнено. Повторите, а если не поможет — сообщите администратору."
)
DETAILS: Mapping[int, str] = {
    401: "Войдите, чтобы продолжить.",
    403: "У вас нет права на это действие.",
    404: "По этому адресу ничего нет.",
    405: "К этому адресу так не обращаются: проверьте метод запроса.",
}
PROBES = ("/api/", "/healthz", "/readyz", "/metrics", "/map/")
DATABASE_DOWN = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, PoolClosed, TooManyRequests)


def wants_json(request: Request) -> bool:
    return request.url.path.startswith(PROBES)


def answer(
    request: Request,
    status: int,
    detail: str,
    *,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    if wants_json(request):
        return problem_response(status, detail, errors=errors, headers=headers)
    return render(request, "failure.html", status=status, title=title_of(status), detail=detail, headers=headers)


def install(app: FastAPI) -> None:
    """Give `app` its answers to every kind of failure."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(LookupError, _missing)
    app.add_exception_handler(refusal.Refused, _action_refused)
    app.add_exception_handler(Refused, _message_refused)
    app.add_exception_handler(StorageFull, _full)
    app.add_exception_handler(psycopg.DataError, _unstorable)
    for kind in DATABASE_DOWN:
        app.add_exception_handler(kind, _database_down)
    app.add_exception_handler(Exception, broken)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 401 and not wants_json(request):
        target = request.url.path if request.method == "GET" else "/queue"
        return RedirectResponse(f"/login?next={target}", 303)
    plain = error.detail == title_in_english(error.status_code)
    detail = DETAILS.get(error.status_code, title_of(error.status_code)) if plain else str(error.detail)
    return answer(request, error.status_code, detail, headers=error.headers)


def title_in_english(status: int) -> str:
    """The detail that the framework gives by itself, which no person here should read."""
    return HTTPException(status).detail


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [
        FieldError(field=".".join(str(part) for part in one["loc"]), message=_in_russian(one)) for one in error.errors()
    ]
    return answer(
        request, 422, "Проверьте данные: " + "; ".join(f"{e.field} — {e.message}" for e in errors), errors=errors
    )


def _in_russian(error: Mapping[str, Any]) -> str:
    """A validation message without what was sent, which may be personal."""
    kind = str(error["type"])
    bounds = error.get("ctx") or {}
    known = {
        "missing": "нужно указать",
        "json_invalid": "это не JSON",
        "uuid_parsing": "нужен UUID",
        "int_parsing": "нужно целое число",
        "float_parsing": "нужно число",
        "bool_parsing": "нужно true или false",
        "datetime_from_date_parsing": "нужны дата и время по ISO 8601",
        "timezone_aware": "нужен часовой пояс",
        "extra_forbidden": "такого поля нет",
        "string_too_short": f"не короче {bounds.get('min_length')} знаков",
        "string_too_long": f"не длиннее {bounds.get('max_length')} знаков",
        "greater_than_equal": f"не меньше {bounds.get('ge')}",
        "less_than_equal": f"не больше {bounds.get('le')}",
        "enum": f"одно из: {bounds.get('expected')}",
    }
    return known.get(kind, "неверное значение")


def _missing(request: Request, error: Exception) -> Response:
    if isinstance(error, KeyError | IndexError):  # a mistake of the program, not an object that is not there
        return broken(request, error)
    return answer(request, 404, DETAILS[404])


def _action_refused(request: Request, error: Exception) -> Response:
    return answer(request, 409, str(error))


def _message_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return answer(request, 422, error.citizen)


def _full(request: Request, _: Exception) -> Response:
    log.error("no room on the disk: an appeal was not accepted")
    return answer(request, 503, StorageFull.citizen, headers={"Retry-After": "600"})


def _unstorable(request: Request, error: Exception) -> Response:
    """A sign, a number or a day that no column can hold, as NUL in a text: a fault of who sent it."""
    log.info("a request held what the database cannot: %s at %s", type(error).__name__, _where(error))
    return answer(request, 422, UNSTORABLE)


def _database_down(request: Request, error: Exception) -> Response:
    log.error("database unavailable: %s", type(error).__name__)
    return answer(request, 503, UNAVAILABLE, headers={"Retry-After": "60"})


def broken(request: Request, error: Exception) -> Response:
    # the trace goes to the log without the message of the error, which may quote a person's words
    log.error("unexpected %s at %s", type(error).__name__, _where(error))
    return answer(request, 500, BROKEN)


def _where(error: BaseException) -> str:
    """The line of the program that failed: file and line only."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "unknown" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
