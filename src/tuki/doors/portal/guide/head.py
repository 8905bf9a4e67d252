"""What a page says of itself in its head, to search engines and to whoever shows a link to it.

A view gives its page a `head`; portal/guide/head.html writes it down. It says what stands on the page and nothing else.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tuki.desk.labels import label
from tuki.desk.queries import the_desk
from tuki.doors.portal.guide.addresses import to_category, to_section, to_text
from tuki.knowledge.queries import reading
from tuki.lib.html import to_text as plain

if TYPE_CHECKING:
    from tuki.knowledge.models import Category, Section, Showing
    from tuki.people.actor import Actor

Thing = dict[str, Any]

_LOCALES = {"en": "en_GB", "fi": "fi_FI", "sv": "sv_SE", "nl": "nl_NL"}
# What is data for search engines is no script and is not run; these letters could end its tag all the same.
_IN_A_TAG = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


@dataclass(frozen=True)
class Head:
    """canonical: the one address that counts of all that lead here. alternates: the page's in each of its languages.

    feed: the address of what tells of news here, and its name. things: structured data (schema.org).
    """

    title: str
    description: str
    language: str
    canonical: str
    alternates: dict[str, str]
    feed: tuple[str, str]
    kind: str = "website"
    published: datetime | None = None
    updated: datetime | None = None
    things: list[Thing] = field(default_factory=list)

    @property
    def locale(self) -> str:
        return _LOCALES.get(self.language, self.language)

    @property
    def data(self) -> SafeString:
        told = {"@context": "https://schema.org", "@graph": self.things}
        return mark_safe(json.dumps(told, ensure_ascii=False).translate(_IN_A_TAG))


def of_home(language: str) -> Head:
    desk = the_desk()
    home = {code: _full(reverse("portal:home", args=[code])) for code in desk.languages}
    site = {"@type": "WebSite", "name": desk.name, "url": home[language], "inLanguage": language}
    return Head(_("Support"), "", language, home[language], home, _news(language), things=[site])


def of_category(category: "Category", language: str) -> Head:
    pages = _in_each(lambda code: to_category(category, code))
    trail = _trail(language, (str(category), pages[language]))
    return Head(
        str(category), label(category.descriptions), language, pages[language], pages, _news(language), things=[trail]
    )


def of_section(section: "Section", language: str) -> Head:
    pages = _in_each(lambda code: to_section(section, code))
    trail = _trail(language, *_way_to(section, language))
    return Head(
        str(section),
        label(section.descriptions),
        language,
        pages[language],
        pages,
        _news_of(section, language),
        things=[trail],
    )


def of_article(actor: "Actor", found: "Showing", language: str) -> Head:
    """An article that isn't translated is that of its own language, wherever it stands in for others."""
    text, pk = found.translation, found.article_id
    pages = {code: _full(to_text(pk, title, code)) for code, title in reading.titles(actor, pk).items()}
    # Where whoever reads it here would get nothing in its own language, it is that of this one.
    canonical = pages.get(text.language) or _full(to_text(pk, text.title, language))
    trail = _trail(language, *_way_to(found.section, language), (text.title, canonical))
    return Head(
        text.title,
        text.excerpt,
        text.language,
        canonical,
        pages,
        _news_of(found.section, language),
        "article",
        text.published_at,
        text.updated_at,
        [_told(found, canonical), trail],
    )


def _told(found: "Showing", page: str) -> Thing:
    """A question with its answer where it is one, else an article."""
    text, desk = found.translation, the_desk()
    if found.section.kind == "questions" and text.title.rstrip().endswith("?"):
        answer = {"@type": "Answer", "text": plain(text.body)}
        question = {"@type": "Question", "name": text.title, "acceptedAnswer": answer}
        return {"@type": "FAQPage", "url": page, "inLanguage": text.language, "mainEntity": [question]}
    told: Thing = {
        "@type": "Article",
        "headline": text.title,
        "description": text.excerpt,
        "inLanguage": text.language,
        "url": page,
        "mainEntityOfPage": page,
        "publisher": {"@type": "Organization", "name": desk.name},
    }
    moments = {"datePublished": text.published_at, "dateModified": text.updated_at}
    told |= {name: moment.isoformat() for name, moment in moments.items() if moment}
    if desk.shows_authors:
        told["author"] = {"@type": "Person", "name": found.article.author.shown_name}
    return told


def _way_to(section: "Section", language: str) -> list[tuple[str, str]]:
    places = [(str(section.category), to_category(section.category, language))]
    places += [(str(one), to_section(one, language)) for one in (section.parent, section) if one]
    return [(name, _full(page)) for name, page in places]


def _trail(language: str, *places: tuple[str, str]) -> Thing:
    home = (the_desk().name, _full(reverse("portal:home", args=[language])))
    steps = [
        {"@type": "ListItem", "position": number, "name": name, "item": page}
        for number, (name, page) in enumerate([home, *places], start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": steps}


def _news(language: str) -> tuple[str, str]:
    return reverse("portal:feed", args=[language]), the_desk().name


def _news_of(section: "Section", language: str) -> tuple[str, str]:
    return f"{to_section(section, language)}/feed.atom", str(section)


def _in_each(page: Any) -> dict[str, str]:
    found = {}
    for code in the_desk().languages:
        with translation.override(code):  # the words in an address are of its language
            found[code] = _full(page(code))
    return found


def _full(path: str) -> str:
    return settings.PUBLIC_URL + path
