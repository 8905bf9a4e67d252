"""What every request by browser goes through: who arrives, in which language, and what they read when turned away."""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tuki.desk.queries import the_desk
from tuki.lib.disk import is_full
from tuki.lib.refusal import Denied, Refused
from tuki.look.errors import typed
from tuki.people import factors, marks
from tuki.people.actor import Actor

if TYPE_CHECKING:
    from tuki.people.models import Person

View = Callable[[HttpRequest], HttpResponse]
SEEN_AT = "seen_at"  # in a session: when it was last noted to be in use
WAY_ON = "way_on"  # in a session: the page that somebody wanted who had to set up a second factor first
_SEEN_EVERY = 10 * 60  # seconds
# Where somebody gets to who has a second factor to set up: there, out, to another language, and to what the law wants
# everybody to be able to read.
_BEFORE_TWO_STEPS = {
    *("mfa_index", "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn"),
    *("account_reauthenticate", "mfa_reauthenticate", "account_logout"),
    *("portal:language", "portal:theme", "portal:icon", "portal:privacy", "portal:accessibility"),
}


class Request(HttpRequest):
    """A request as views get it."""

    actor: Actor
    htmx: bool  # asked for by a script on a page of ours, which swaps what it gets into that page
    must_set_up: bool  # a second factor, before anything else; there only where it is so


def reader(get_response: View) -> View:
    """Stamp who asks, and speak their language at their time of day."""

    def middleware(request: HttpRequest) -> HttpResponse:
        found = get_user(request)  # request.user is a stand-in that would look for the person at each mention
        person = found if found.is_authenticated else None
        request.actor = Actor(person)  # type: ignore[attr-defined]
        request.htmx = request.headers.get("HX-Request") == "true"  # type: ignore[attr-defined]
        language = _language(request, person)
        with translation.override(language), timezone.override(_zone(person)):
            request.LANGUAGE_CODE = language
            response = get_response(request)
            response.headers.setdefault("Content-Language", language)
            if person is None and _named(request.GET.get("next", "")) == language:
                remember_language(response, language)  # the pages of signing in follow the one that one came from
            return response

    def process_view(request: HttpRequest, *_view: object) -> HttpResponse | None:
        for sent in ("GET", "POST"):
            setattr(request, sent, _without_nul(getattr(request, sent)))
        person = request.actor.person  # type: ignore[attr-defined]
        if person is not None and factors.is_missing(person, request.session):
            request.must_set_up = True  # type: ignore[attr-defined]
            return _to_two_steps(cast(Request, request))
        return None

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def to_sign_in(request: Request, back: str) -> HttpResponse:
    """Where a door lets in nobody unknown. What was typed comes back. back: the page on which a form stood."""
    if request.htmx or request.headers.get("X-Requested-With"):
        return _page_stays()
    if request.method == "POST":
        return render(request, "look/signed_out.html", {"typed": typed(request), "back": back}, status=401)
    return redirect_to_login(request.get_full_path())


def _page_stays() -> HttpResponse:
    """The page stays as it is, with what was typed in it, and its script says that one has to sign in."""
    return HttpResponse(status=401, headers={"HX-Reswap": "none", "HX-Trigger": "signed-out"})


def _to_two_steps(request: Request) -> HttpResponse | None:
    """Where somebody is led who must have a second factor and has none; None where they may go on."""
    match = request.resolver_match
    assert match is not None
    if match.view_name in _BEFORE_TWO_STEPS:
        return None
    if match.view_name == "portal:uploads":
        return JsonResponse({"why": _("“{name}” was not kept: set up two-step sign-in first.")}, status=403)
    if request.htmx or request.headers.get("X-Requested-With"):
        return _page_stays()
    if request.method == "POST" or match.view_name in {"portal:file", "portal:named_file"}:
        return render(request, "look/two_steps_first.html", {"typed": typed(request)}, status=403)
    request.session[WAY_ON] = request.get_full_path()
    return redirect("mfa_index")


def asked_again(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Have whoever asks show once more who they are, where it was a while ago: somebody else may sit there now."""
    guarded: Callable[..., HttpResponse] = reauthentication_required(app="allauth.mfa")(view)
    return guarded


def _without_nul(sent: QueryDict) -> QueryDict:
    """What was sent without the one character that no database of ours keeps, and nobody means."""
    if not any("\0" in value for _name, values in sent.lists() for value in values):
        return sent
    kept = QueryDict(mutable=True)
    for name, values in sent.lists():
        kept.setlist(name, [value.replace("\0", "") for value in values])
    return kept


def remember_language(response: HttpResponse, language: str) -> None:
    """Speak this language on pages whose address names none, for as long as nobody has signed in."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _language(request: HttpRequest, person: "Person | None") -> str:
    """The address's own (/hc/fi/…), else the person's, else that of the page one came from to sign in, else the
    cookie's, else the browser's first that we speak."""
    spoken = the_desk().languages
    if named := _named(request.path_info):
        return named
    if person is not None and person.language in spoken:
        return person.language
    if named := _named(request.GET.get("next", "")):
        return named
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in spoken:
        return chosen
    for accepted in request.headers.get("Accept-Language", "").split(",")[:10]:
        code = accepted.split(";")[0].split("-")[0].strip().lower()
        if code in spoken:
            return code
    return the_desk().language


def _named(path: str) -> str:
    """The language that an address names, of those that we speak."""
    parts = path.split("?")[0].split("/", 3)
    return parts[2] if len(parts) > 2 and parts[1] == "hc" and parts[2] in the_desk().languages else ""


def _zone(person: "Person | None") -> ZoneInfo:
    try:
        return ZoneInfo(person.time_zone if person else the_desk().time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(the_desk().time_zone)


def last_seen(get_response: View) -> View:
    """Note now and then that a session is in use: for the list of where one is signed in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        if request.user.is_authenticated and now.timestamp() - request.session.get(SEEN_AT, 0) > _SEEN_EVERY:
            with suppress(OperationalError):  # locked, or no room on the disk: pages can be read all the same
                marks.seen(
                    request.session.session_key or "",
                    ip=request.META["REMOTE_ADDR"],
                    device=request.headers.get("User-Agent", ""),
                    at=now,
                )
                request.session[SEEN_AT] = int(now.timestamp())  # kept with the session: no question to the database
        return get_response(request)

    return middleware


def refusals(get_response: View) -> View:
    """Turn a no into a page with its words: Denied is a 403, Refused a 409, a locked database or a full disk a 503."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Denied):
            return render(request, "refusals/403.html", {"words": str(exception)}, status=403)
        if isinstance(exception, Refused):
            return render(request, "refusals/409.html", {"words": str(exception), "typed": typed(request)}, status=409)
        if isinstance(exception, OperationalError) or is_full(exception):
            # What was typed goes back to the writer on the page itself: there is no other safe place for it now.
            answer = render(request, "refusals/503.html", {"typed": typed(request)}, status=503)
            answer.headers["Retry-After"] = "5"
            return answer
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware
