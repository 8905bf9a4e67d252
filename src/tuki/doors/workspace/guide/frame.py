"""What stands around the pages of the help center's editors: their lists, and the sections."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from tuki.doors.workspace import frame
from tuki.doors.workspace.entrance import AgentRequest
from tuki.knowledge import policy
from tuki.knowledge.queries import editing

if TYPE_CHECKING:
    from tuki.knowledge.models import Article

GUIDE = "guide"  # where these pages stand in the rail

# The lists by their address; those of one language say in which.
LISTS = {
    "all": _("Last changed"),
    "drafts": _("Drafts"),
    "scheduled": _("Scheduled"),
    "missing": _("Not translated"),
    "outdated": _("Outdated translations"),
    "review": _("Due for review"),
    "links": _("Dead links"),
    "archived": _("Archived"),
}
OF_ONE_LANGUAGE = frozenset({"missing", "outdated", "links", "archived"})


def head_of(article: "Article", language: str = "") -> dict[str, Any]:
    """What stands above an article's pages: where it stands, and its languages. language: that of the page."""
    translations = editing.translations(article)
    return {
        "article": article,
        "called": next((policy.title_of(one) for one in translations if one.is_source), str(article)),
        "language_of": language,
        "translations": translations,
        "unspoken": editing.unspoken(article),
    }


def show(
    request: AgentRequest, template: str, context: Mapping[str, Any], *, here: str = "", status: int = 200
) -> HttpResponse:
    """A page with the lists beside it. here: the list that it is."""
    around = {
        "lists": LISTS.items(),
        "here": here,
        "shelf": editing.sections(request.actor),
        "arranges": policy.may_arrange(request.actor),
    }
    return frame.show(request, f"workspace/guide/{template}.html", {**around, **context}, at=GUIDE, status=status)
