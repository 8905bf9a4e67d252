"""A help center to read: articles of about the size of L1's page, for everybody."""

from collections.abc import Iterator

from django.utils import timezone

from tuki.journal.via import Via
from tuki.knowledge import actions
from tuki.knowledge.models import Section
from tuki.people.actor import Actor
from tuki.people.models import Person

HOT, COLD = 40, 600

_PARAGRAPH = (
    "<p>Open the invoice in the circulation and check its rows against the order. Where the cost centre is missing, "
    "choose one from the list, or ask whoever approves it; what you have entered is kept until you come back.</p>"
)


def fill(agent: int) -> list[str]:
    """Publish them, as an agent would. Their addresses."""
    by = Actor(Person.objects.get(pk=agent), Via.WEB, timezone.now())
    section = Section.objects.filter(audience=None, parent=None, category__audience=None).order_by("pk")[0]
    return list(_published(section, by))


def _published(section: Section, by: Actor) -> Iterator[str]:
    body = "".join(f"<h2>Step {step}</h2>{_PARAGRAPH * 4}" for step in range(1, 13))
    for number in range(HOT + COLD):
        article = actions.make_article(section, f"Paying invoice {number}", body, by=by)
        text = article.translations.get()
        actions.publish(text, version=text.version, by=by)
        yield f"/hc/{text.language}/articles/{article.pk}-paying-invoice-{number}"
