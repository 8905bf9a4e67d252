"""An article as others will have it: a frame around the help center's own page."""

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tuki.desk.queries import the_desk
from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.guide import frame, writing
from tuki.knowledge.queries import editing
from tuki.look.policy import widen

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

TEXTS = {"draft": _("The draft"), "published": _("What is published")}
WIDTHS = {"wide": _("wide"), "phone": _("as wide as a phone")}


def readers() -> "dict[str, StrPromise]":
    """Whose eyes an article may be seen with."""
    found = {"visitor": _("a visitor"), "signed_in": _("somebody signed in")}
    return {**found, "seats": _("somebody with the right to use support")} if the_desk().has_seats else found


@require_safe
def preview(request: AgentRequest, pk: int, language: str) -> HttpResponse:
    """Choose which text, for whom, how wide, and in which language: where nothing is written, what stands in for it."""
    article = writing.find_article(request, pk)
    if language not in the_desk().languages:
        raise Http404
    choices = {"of": TEXTS, "as": readers(), "width": WIDTHS}
    chosen = {name: _chosen(request.GET.get(name, ""), words) for name, words in choices.items()}
    source = reverse("portal:preview", args=[language, pk])
    context = {
        **frame.head_of(article, language),
        "translation": editing.translation(request.actor, pk, language),
        "tabs": "workspace:guide_preview",
        "tabs_unbegun": "workspace:guide_preview",
        "chosen": f"?{urlencode(chosen)}",
        "choices": [
            ("of", _("Text"), TEXTS.items(), chosen["of"]),
            ("as", _("As read by"), choices["as"].items(), chosen["as"]),
            ("width", _("Width"), WIDTHS.items(), chosen["width"]),
        ],
        "width": chosen["width"],
        "source": f"{source}?{urlencode({'of': chosen['of'], 'as': chosen['as']})}",
    }
    return widen(frame.show(request, "preview", context), "frame-src", "'self'")


def _chosen(wanted: str, choices: "dict[str, StrPromise]") -> str:
    """What was asked for, else the first that there is."""
    return wanted if wanted in choices else next(iter(choices))
