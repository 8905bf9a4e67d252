"""Addresses that lead to an article beside its own: of what was merged into it, and of help centers before this one."""

from dataclasses import dataclass

from tuki.knowledge.models import Article, Redirect


@dataclass(frozen=True)
class Address:
    """path: without /hc/ and language. merged: the article whose own address it was; such a one stays."""

    pk: int
    path: str
    merged: Article | None


def addresses(article: Article) -> list[Address]:
    """All of them, in the order in which they began to lead there."""
    rows = list(Redirect.objects.filter(kind="article", target=article.pk).order_by("pk"))
    merged = merged_at([row.path for row in rows])
    return [Address(row.pk, row.path, merged.get(row.path)) for row in rows]


def merged_at(paths: list[str]) -> dict[str, Article]:
    """Those articles whose own addresses these were before they were merged."""
    numbers = [path.removeprefix("articles/") for path in paths if path.startswith("articles/")]
    known = [int(number) for number in numbers if number.isdecimal() and len(number) < 19]
    rows = Article.objects.filter(pk__in=known, merged_into__isnull=False)
    return {f"articles/{row.pk}": row for row in rows}
