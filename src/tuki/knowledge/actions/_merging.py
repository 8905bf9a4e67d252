"""Who followed what was merged follows what was kept. Checks nothing: its callers have."""

from tuki.knowledge.models import Article, Following, Section


def move_followers(kept: Article | Section, duplicate: Article | Section) -> None:
    """Whoever follows both keeps the one that is confirmed; else the one of what is kept, with its pace."""
    thing = "article" if isinstance(kept, Article) else "section"
    there = {(one.person_id, one.address): one for one in Following.objects.filter(**{thing: kept})}
    for row in Following.objects.filter(**{thing: duplicate}):
        own = there.get((row.person_id, row.address))
        if own is not None and (own.confirmed_at or not row.confirmed_at):
            row.delete()
        elif own is not None:
            own.delete()
    Following.objects.filter(**{thing: duplicate}).update(**{thing: kept})
