"""Who is let into setup: administrators. Other agents are told so; customers don't learn that it is there."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from tuki.doors.arrivals import Request, to_sign_in
from tuki.lib.refusal import require
from tuki.people import policy


def administrators_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
        arrived = cast(Request, request)
        if arrived.actor.person is None:
            return to_sign_in(arrived, "/setup/")
        if not arrived.actor.is_agent:
            raise Http404
        require(policy.may_set_up(arrived.actor), _("Setup is for administrators."))
        return view(arrived, **named)

    return guarded
