"""A row of an editors' list, whatever list it is of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from tuki.knowledge.models import Section, Translation


@dataclass(frozen=True)
class Row:
    """A translation, and why it stands in this list.

    drafted: there is something to publish beside what readers have. note: words of the list's own.
    """

    number: int
    language: str
    title: str
    section: "Section"
    state: str
    state_words: str
    drafted: bool
    at: datetime | date | None
    who: str = ""
    note: str = ""


def row(translation: "Translation", *, at: datetime | date | None = None, who: str = "", note: str = "") -> Row:
    """As lists show it: by the title that its editors know."""
    draft = getattr(translation, "draft", None)
    return Row(
        translation.article_id,
        translation.language,
        (draft.title if draft else "") or translation.title or _("(without a title)"),
        translation.article.section,
        translation.status,
        str(translation.get_status_display()),
        draft is not None and translation.status not in {"draft", "scheduled"},
        at or translation.changed_at,
        who,
        note,
    )


def rows(translations: "Iterable[Translation]") -> list[Row]:
    return [row(one) for one in translations]
