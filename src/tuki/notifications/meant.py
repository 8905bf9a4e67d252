"""Whom a publish is news to."""

from typing import TYPE_CHECKING

from tuki.notifications.models import Telling

if TYPE_CHECKING:
    from tuki.knowledge.models import Showing


def is_meant(telling: Telling, showing: "Showing") -> bool:
    """Whether what a reader is shown is what was published.

    Of a source they hear too whose own text says the same by now, unless they heard of that by itself. Where a
    translation is yet to follow its source, its readers wait for that.
    """
    shown = showing.translation
    if shown.language == telling.language:
        return True
    if telling.language != showing.article.source_language or (shown.based_on_id or 0) < telling.revision_id:
        return False
    by_itself = Telling.objects.filter(article=telling.article_id, language=shown.language, revision=shown.revision_id)
    return not by_itself.exists()
