"""Two articles that say the same: what becomes of each thing once they are one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuki.knowledge import policy
from tuki.knowledge.models import Article, Attachment, Fallback, Following, Status, Translation
from tuki.knowledge.queries import listing

if TYPE_CHECKING:
    from tuki.people.actor import Actor


@dataclass(frozen=True)
class Merging:
    """What is said before it is done, and done as it was said.

    goes_over: whether what is the duplicate's may be shown under the kept one: whoever reads this may read that.
    translations: into languages that the kept one lacks; they count as outdated, having been made of another source.
    staying: texts that readers don't get any more and editors do. followers: who don't follow the kept one as well.
    lost: languages in which readers of the duplicate would find nothing.
    """

    goes_over: bool
    translations: list[Translation]
    staying: list[Translation]
    files: list[Attachment]
    labels: list[str]
    keywords: list[str]
    followers: list[Following]
    lost: list[str]


def merging(kept: Article, duplicate: Article) -> Merging:
    """What becomes of the duplicate when the other is kept."""
    goes_over = policy.is_for_no_more(kept, duplicate)
    own = {one.language: one for one in kept.translations.all()}
    others = list(duplicate.translations.select_related("draft").order_by("language"))
    coming = [one for one in others if goes_over and one.language not in own]
    read = {one.language for one in [*own.values(), *coming] if one.status == Status.PUBLISHED}
    stands_in = kept.section.fallback == Fallback.SOURCE and kept.source_language in read
    lost = [one.language for one in others if one.status == Status.PUBLISHED and one.language not in read]
    return Merging(
        goes_over=goes_over,
        translations=coming,
        staying=[one for one in others if one not in coming],
        files=_new_files(kept, duplicate) if goes_over else [],
        labels=sorted(_labels(duplicate) - _labels(kept)) if goes_over else [],
        keywords=[word for word in duplicate.keywords if word not in kept.keywords] if goes_over else [],
        followers=_new_followers(kept, duplicate),
        lost=[] if stands_in else lost,
    )


def _new_files(kept: Article, duplicate: Article) -> list[Attachment]:
    held = set(kept.attachments.values_list("file", flat=True))
    rows = duplicate.attachments.filter(inline=False, file__redacted_at=None).select_related("file")
    return [one for one in rows if one.file_id not in held]


def _labels(article: Article) -> set[str]:
    return set(article.labels.values_list("name", flat=True))


def _new_followers(kept: Article, duplicate: Article) -> list[Following]:
    there = {(one.person_id, one.address) for one in Following.objects.filter(article=kept)}
    rows = Following.objects.filter(article=duplicate)
    return [one for one in rows if (one.person_id, one.address) not in there]


def find(viewer: "Actor", words: str, article: Article, size: int = 20) -> list[Translation]:
    """Other articles, each once, by number or by words of their titles, for whoever may write them."""
    number = words.lstrip("#")
    if number.isdecimal() and len(number) < 18:
        rows = policy.editable_translations(viewer).filter(article=int(number))
        found = list(rows.select_related("article__section", "draft"))
    else:
        found = listing.changed(viewer, words, size=3 * size).rows
    firsts = {one.article_id: one for one in reversed(found)}
    return [one for one in found if one is firsts[one.article_id] and one.article_id != article.pk][:size]
