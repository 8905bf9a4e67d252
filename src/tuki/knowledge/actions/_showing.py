"""What readers get of an article in each language, worked out anew after whatever may have changed it.

Checks nothing: its callers have.
"""

from tuki.desk.queries import the_desk
from tuki.knowledge.models import Article, Attachment, Fallback, Section, Showing, Status
from tuki.lib.article import linked_files

_SET = (
    *("translation", "translated", "section", "audience", "announces", "unpromoted", "position", "published_at"),
    *("until", "folded"),
)
_HELPING = 200


def show(article: Article) -> None:
    """Make an article's showings what they should be. The row itself is as it is in the database."""
    published = {
        one.language: one for one in article.translations.filter(status=Status.PUBLISHED).select_related("schedule")
    }
    source = published.get(article.source_language) if article.section.fallback == Fallback.SOURCE else None
    rows = []
    for language in the_desk().languages:
        translation = published.get(language) or source
        if translation is None:
            continue
        assert translation.published_at is not None
        schedule = getattr(translation, "schedule", None)
        rows.append(
            Showing(
                article=article,
                language=language,
                translation=translation,
                translated=translation.language == language,
                section_id=article.section_id,
                audience_id=article.audience_id,
                announces=article.section.announces,
                unpromoted=not article.promoted,
                position=article.position,
                published_at=translation.published_at,
                until=schedule.unpublish_at if schedule else None,
                folded="\n".join([translation.title, *article.keywords]).casefold(),
            )
        )
    article.showings.exclude(language__in=[row.language for row in rows]).delete()
    Showing.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["article", "language"], update_fields=list(_SET)
    )
    show_pictures(article)


def show_pictures(article: Article) -> None:
    """Readers get the pictures that stand in what is published, and no others."""
    bodies = article.translations.filter(status=Status.PUBLISHED).values_list("body", flat=True)
    seen = {file for body in bodies for file in linked_files(body)}
    inline = Attachment.objects.filter(article=article, inline=True)
    inline.filter(file__in=seen, shown=False).update(shown=True)
    inline.filter(shown=True).exclude(file__in=seen).update(shown=False)


def show_section(section: Section) -> None:
    """The same for all that stands in a section."""
    last = 0
    while rows := list(
        Article.objects.filter(section=section, pk__gt=last).select_related("section").order_by("pk")[:_HELPING]
    ):
        for article in rows:
            show(article)
        last = rows[-1].pk
