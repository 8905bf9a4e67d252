"""Pages that are the same for every reader whom we don't know: the server keeps them in memory (look/everyone.py).

A form on such a page has no secret: it posts to an address that needs none, since it changes nothing that is somebody's
(`footer.language`), or leads to a page that asks.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response

from tuki.doors.arrivals import Request
from tuki.knowledge import marks
from tuki.knowledge.queries import reading
from tuki.live import topics
from tuki.live.known import KNOWN
from tuki.look.everyone import Later, same

View = Callable[..., HttpResponse]

_SECRET = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')


def for_everyone(view: View) -> View:
    """A view whose answer says nothing of its reader, where we don't know them; its address alone names its language.

    It shows what people have made of rules, names and articles (`topics.AROUND`), until that ends by itself. Of moments
    it says the day at most ("today"), so that it holds until the next.
    """

    @wraps(view)
    def shown(request: Request, *args: Any, **named: Any) -> HttpResponse:
        answer = view(request, *args, **named)
        if answer.status_code != 200:
            return answer
        if request.actor.person is not None:
            return _not_sent_twice(request, answer)
        same(answer).until = min(filter(None, (_next_end(request.actor.at), _next_day(request.actor.at))))
        return answer

    return shown


def _not_sent_twice(request: Request, answer: HttpResponse) -> HttpResponse:
    """Tell a browser that has this very page already that it has. What stands in a form as its secret is another each
    time, and as good as before for as long as the cookie is the same."""
    secret = request.META.get("CSRF_COOKIE", "")
    content = _SECRET.sub(b"", answer.content)
    answer.headers["ETag"] = tag = f'W/"{hashlib.sha256(secret.encode() + content).hexdigest()[:24]}"'
    return get_conditional_response(request, tag, response=answer) or answer


def _next_end(at: datetime) -> datetime | None:
    """When the next thing that readers see will be taken out of their sight by itself."""

    def find() -> datetime | None:
        return reading.next_end(at)

    found = KNOWN.get("the next end", [topics.AROUND], find)
    return KNOWN.get("the next end", [topics.AROUND], find, anew=True) if found and found <= at else found


def _next_day(at: datetime) -> datetime:
    """The next midnight of the reader's time zone, which is the desk's."""
    tomorrow = timezone.localdate(at) + timedelta(days=1)
    return datetime.combine(tomorrow, time(), timezone.get_current_timezone())


def shows_article(answer: HttpResponse, article: int, language: str, day: date, *, unless: str) -> HttpResponse:
    """Of an answer of `for_everyone`: it shows an article, with its votes. Who reads it from memory is counted too.

    unless: the cookie with which a browser is shown its own vote.
    """

    def seen() -> Later | None:
        return marks.TALLY.write if marks.TALLY.count(article, language, day) else None

    said = same(answer)
    said.about += (topics.article(article),)
    said.unless |= {unless}
    said.seen = seen
    return answer
