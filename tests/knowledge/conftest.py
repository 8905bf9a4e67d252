"""A small help center: guides for everyone, and something for each audience made by whoever asks for it."""

from collections.abc import Callable

import pytest

from tuki.journal.models import Entry
from tuki.knowledge import actions
from tuki.knowledge.models import Article, Category, Kind, Section, Translation
from tuki.people.models import Person

BODY = "<h2>Begin</h2><p>Open the invoice.</p>"


def labels(english: str) -> dict[str, str]:
    return {"en": english, "fi": f"{english} (fi)", "sv": f"{english} (sv)", "nl": f"{english} (nl)"}


@pytest.fixture
def guides(desk, root) -> Category:
    return actions.make_category(labels("Guides"), by=root)


@pytest.fixture
def invoices(guides, root) -> Section:
    return actions.make_section(guides, labels("Invoices"), by=root)


@pytest.fixture
def news(guides, root) -> Section:
    return actions.make_section(guides, labels("News"), kind=Kind.NEWS, by=root)


@pytest.fixture
def drafted(invoices, eva) -> Callable[..., Article]:
    """Begin an article, with a draft in English."""

    def make(title: str = "Paying an invoice", body: str = BODY, section: Section | None = None, **more: object):
        return actions.make_article(section or invoices, title, body, **{"by": eva, **more})

    return make


@pytest.fixture
def published(drafted, eva) -> Callable[..., Article]:
    """Have an article that readers see."""

    def make(title: str = "Paying an invoice", body: str = BODY, section: Section | None = None, **more: object):
        article = drafted(title, body, section, **more)
        publish(article, by=more.get("by", eva))
        return article

    return make


def of(article: Article, language: str = "en") -> Translation:
    """A translation as it is now."""
    return Translation.objects.select_related("article__section").get(article=article, language=language)


def write(article: Article, body: str, *, by, title: str = "Paying an invoice", language: str = "en") -> Translation:
    """Save a draft of what is there now."""
    translation = of(article, language)
    return actions.save_draft(translation, title=title, body=body, version=translation.version, by=by)


def publish(article: Article, *, by, language: str = "en", **more: object):
    translation = of(article, language)
    return actions.publish(translation, version=translation.version, by=by, **more)


def plan(article: Article, *, by, language: str = "en", **more: object) -> Translation:
    """Have it published, or taken away, at a moment."""
    translation = of(article, language)
    return actions.schedule(translation, version=translation.version, by=by, **more)


def translated(article: Article, language: str, title: str, *, by, body: str = BODY) -> Translation:
    """Have it published in a further language."""
    translation = actions.translate(article, language, by=by)
    translation = actions.save_draft(translation, title=title, body=body, version=translation.version, by=by)
    actions.publish(translation, version=translation.version, by=by)
    return of(article, language)


def told(thing: object) -> list[str]:
    """What the journal says was done to a thing, oldest first."""
    entries = Entry.objects.filter(on_kind=thing._meta.model_name, on_id=thing.pk)
    return list(entries.order_by("pk").values_list("event", flat=True))


def again(person: Person) -> Person:
    """The same person, as the next request would know them."""
    return Person.objects.get(pk=person.pk)
