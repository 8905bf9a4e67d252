"""What the help center does when people and companies turn out to be one."""

from typing import Any

from tuki.conditions.tree import All, Among, Condition, Not, Some
from tuki.journal.models import Entry
from tuki.journal.record import hears
from tuki.knowledge.audience import ORGANIZATIONS
from tuki.knowledge.models import Article, Audience, Category, Following, Section, Showing, Vote
from tuki.knowledge.models.audience import digest
from tuki.people.events import OrganizationsMerged, PersonsMerged


@hears(PersonsMerged)
def move_persons_followings(event: PersonsMerged, entry: Entry) -> None:
    """All that was the duplicate's is the kept person's; a second vote on the same article counts no more."""
    kept, duplicate = entry.on_id, event.duplicate
    for thing in ("article", "section", "product"):
        held = Following.objects.filter(person=kept, **{f"{thing}__isnull": False}).values(thing)
        Following.objects.filter(person=duplicate, **{f"{thing}__in": held}).delete()
    Following.objects.filter(person=duplicate).update(person=kept)
    voted = Vote.objects.filter(person=kept).values("article")
    for vote in Vote.objects.filter(person=duplicate, article__in=voted).select_related("article"):
        counted = "helpful" if vote.helpful else "unhelpful"
        setattr(vote.article, counted, max(0, getattr(vote.article, counted) - 1))
        vote.article.save(update_fields=[counted])
        vote.delete()
    Vote.objects.filter(person=duplicate).update(person=kept)


@hears(OrganizationsMerged)
def move_organizations_audiences(event: OrganizationsMerged, entry: Entry) -> None:
    """What was for the duplicate's people is for the kept company's."""
    for row in Audience.objects.all():
        condition = _with_company(row.condition, event.duplicate, entry.on_id)
        if condition == row.condition:
            continue
        rule = condition.data()
        same = Audience.objects.filter(digest=digest(rule)).first()
        if same is None:
            row.rule, row.digest = rule, digest(rule)
            row.save()
            continue
        models: tuple[Any, ...] = (Category, Section, Article, Showing)
        for model in models:
            model.objects.filter(audience=row).update(audience=same)
        row.delete()


def _with_company(condition: Condition, old: int, new: int) -> Condition:
    """The condition with one company in another's place."""
    match condition:
        case Among(field=field, values=values) if field == ORGANIZATIONS and old in values:
            return Among(ORGANIZATIONS, (values - {old}) | {new})
        case All(parts=parts):
            return All(*(_with_company(part, old, new) for part in parts))
        case Some(parts=parts):
            return Some(*(_with_company(part, old, new) for part in parts))
        case Not(part=part):
            return Not(_with_company(part, old, new))
    return condition
