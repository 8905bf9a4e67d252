"""What Tuki writes down of its own work: a line of JSON each, to stderr, with nothing in it of what people say or are.

A line may hold ids (of a request, a job, a person), the name of a route, a status and a duration. It never holds names,
addresses, subjects, paths (a one-time link is a path) or query strings. What libraries and exceptions say is
shortened and masked.
"""

import json
import logging
import re
import secrets
import time
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase

log = logging.getLogger("tuki.requests")

_EXTRA = ("status", "ms", "person", "job", "kind", "attempt", "post")  # what a line may carry besides
_FRAMES = 12
_ADDRESS = re.compile(r"[^\s<>\"'(,;:]+@[^\s<>\"'),;:]+")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”|«[^»]*»")


def config(level: str) -> dict[str, Any]:
    """Django's LOGGING. level: the least that is written; a line for each request is "INFO"."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"route": {"()": "tuki.config.logs.RouteForPath"}},
        "formatters": {"lines": {"()": "tuki.config.logs.Lines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["route"]}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
            "uvicorn.error": {"level": "WARNING"},
            "mail.log": {"level": "ERROR"},  # the SMTP receiver's library names senders and recipients
        },
    }


@dataclass(frozen=True)
class Asked:
    """The request that this thread works on."""

    id: str
    request: HttpRequest

    @property
    def route(self) -> str:
        match = self.request.resolver_match
        return match.view_name if match else "-"


_ASKED: ContextVar[Asked | None] = ContextVar("asked", default=None)


def requests(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: name each request, write a line about it, and count it."""
    from tuki.config import metrics  # not with the settings, which are read before anything is counted

    def middleware(request: HttpRequest) -> HttpResponseBase:
        asked = Asked(secrets.token_hex(6), request)
        token = _ASKED.set(asked)
        started = time.perf_counter()
        try:
            response = get_response(request)
            seconds = time.perf_counter() - started
            actor = getattr(request, "actor", None)
            metrics.REQUESTS.labels(asked.route, response.status_code).observe(seconds)
            log.info(
                "request",
                extra={
                    "status": response.status_code,
                    "ms": round(seconds * 1000, 1),
                    "person": actor.person_id if actor else None,
                },
            )
        finally:
            _ASKED.reset(token)
        response["X-Request-ID"] = asked.id
        return response

    return middleware


class Lines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        asked = _ASKED.get()
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _ADDRESS.sub("…@…", record.getMessage()),
        }
        if asked:
            line |= {"request": asked.id, "route": asked.route}
        line |= {name: value for name in _EXTRA if (value := getattr(record, name, None)) is not None}
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _told(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=lambda value: type(value).__name__)


def _told(error: BaseException) -> dict[str, object]:
    """An exception by its kind, its masked words and where it was raised."""
    first_line = str(error).partition("\n")[0]  # PostgreSQL's second line quotes the row
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    told: dict[str, object] = {
        "kind": type(error).__name__,
        "words": _ADDRESS.sub("…@…", _QUOTED.sub("…", first_line))[:200],
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        told["because"] = _told(cause)
    return told


class RouteForPath(logging.Filter):
    """Django names the path of what failed; a path may be somebody's one-time link.

    What failed without an exception, on purpose, is in the line of its request.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == "django.request" and not record.exc_info:
            return False
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            match = request.resolver_match
            route = match.view_name if match else "-"
            record.args = tuple(route if arg == request.path else arg for arg in record.args)
        return True
