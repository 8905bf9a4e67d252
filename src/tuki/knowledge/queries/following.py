"""Who follows what."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext, override

from tuki.desk.labels import label
from tuki.desk.models import Product
from tuki.desk.queries import products
from tuki.knowledge import links, policy
from tuki.knowledge.models import Article, Following, Kind, Offered, Section
from tuki.knowledge.models import Pace as Pace
from tuki.knowledge.queries import reading
from tuki.people import standing
from tuki.people.actor import Actor

Thing = Article | Section | Product


def followed(viewer: Actor) -> QuerySet[Following]:
    """What somebody who is signed in follows, with how soon they hear."""
    rows = Following.objects.filter(person=viewer.person) if viewer.person else Following.objects.none()
    return rows.select_related("section", "article", "product").order_by("pk")


def following(viewer: Actor, thing: Thing) -> Following | None:
    """Whether they follow this very thing."""
    field = {Article: "article", Section: "section", Product: "product"}[type(thing)]
    return followed(viewer).filter(**{field: thing}).first()


ARTICLES, SECTIONS, PRODUCTS = "articles", "sections", "products"  # what can be followed, as addresses say it


def thing(viewer: Actor, kind: str, pk: int, language: str) -> Thing | None:
    """What can be followed under a number, for whoever may know of it."""
    if kind == ARTICLES:
        return reading.article_of(viewer, pk)
    if kind == SECTIONS:
        return reading.section(viewer, pk, language)
    return products().filter(pk=pk).first() if kind == PRODUCTS else None


def name(viewer: Actor, thing: Thing, language: str) -> str:
    """What something is called where it is followed; empty for what this viewer may not know of, or not any more."""
    return names(viewer, [thing], language)[thing]


def names(viewer: Actor, things: Collection[Thing], language: str) -> dict[Thing, str]:
    """As `name`, of any number of things with as many queries."""
    found: dict[Thing, str] = {}
    for thing in things:
        if isinstance(thing, Product):
            found[thing] = _release_notes_of(thing, language)
    if sections := {thing.pk: thing for thing in things if isinstance(thing, Section)}:
        seen = policy.visible_sections(viewer, language).filter(pk__in=sections).values_list("pk", flat=True)
        found |= dict.fromkeys(sections.values(), "")
        found |= {sections[pk]: label(sections[pk].labels, language) for pk in seen}
    if articles := {thing.pk: thing for thing in things if isinstance(thing, Article)}:
        showings = policy.visible_translations(viewer, language).filter(article__in=articles)
        found |= dict.fromkeys(articles.values(), "")
        found |= {articles[pk]: title for pk, title in showings.values_list("article", "translation__title")}
    return found


def _release_notes_of(product: Product, language: str) -> str:
    with override(language):
        return gettext("the release notes of %(product)s") % {"product": label(product.labels, language)}


def to_follow(thing: Article | Section) -> Thing:
    """What somebody follows who wants to hear of this: of a product's release notes all there are."""
    return next(iter(thing.releases_of), thing) if isinstance(thing, Section) else thing


@dataclass(frozen=True)
class Offer:
    """A button to follow something with. mine: how its reader follows it; None: not, or nobody is signed in."""

    kind: str
    pk: int
    called: str
    mine: Following | None


def offer(viewer: Actor, thing: Article | Section, called: str) -> Offer:
    """What can be followed from the page of an article or a section."""
    wanted = to_follow(thing)
    kind = ARTICLES if isinstance(wanted, Article) else SECTIONS if isinstance(wanted, Section) else PRODUCTS
    return Offer(kind, wanted.pk, called, following(viewer, wanted) if viewer.person else None)


@dataclass(frozen=True)
class Followed:
    """A line of the list of what somebody follows. called: empty for what they may not know of any more. within: the
    category of a section, which may be called as one elsewhere is."""

    kind: str
    pk: int
    called: str
    within: str
    pace: Pace
    leave: str  # the token by which it is changed without signing in

    @property
    def full(self) -> str:
        """Its name where nothing stands beside it."""
        return f"{self.called} ({self.within})" if self.within else self.called


def listed(rows: Iterable[Following], viewer: Actor, language: str) -> list[Followed]:
    """What somebody follows, each by its name as far as they may know it."""
    rows = list(rows)
    called, found = names(viewer, [row.thing for row in rows], language), []
    known = [row.section_id for row in rows if row.section_id and called[row.thing]]
    within = dict(Section.objects.filter(pk__in=known).values_list("pk", "category__labels"))
    for row in rows:
        kind = ARTICLES if row.article_id else SECTIONS if row.section_id else PRODUCTS
        leave = links.token_for(row, links.LEAVE)
        category = label(within.get(row.section_id or 0, {}), language)
        words = capfirst(called[row.thing]) if kind == PRODUCTS else called[row.thing]  # "the release notes of …"
        found.append(Followed(kind, row.thing.pk, words, category, Pace(row.pace), leave))
    return found


def offered(viewer: Actor, language: str) -> list[Section]:
    """Service releases that a main user is advised to follow (H5); none where they do, or have said what they want."""
    person = viewer.person
    if person is None or viewer.is_agent or not standing.place(person).seated:
        return []
    if Offered.objects.filter(person=person).exists():
        return []
    sections = list(policy.visible_sections(viewer, language).filter(kind=Kind.SERVICE, parent=None))
    return [] if followed(viewer).filter(section__in=sections).exists() else sections


def row(pk: int) -> Following | None:
    """A following by its number, whoever's it is."""
    return Following.objects.filter(pk=pk).select_related("person", "section", "article", "product").first()


def name_of(row: Following, language: str) -> str:
    """What its owner follows, as far as they may know it."""
    return name(Actor(row.person), row.thing, language)


def by_link(token: str, what: str) -> Following | None:
    """The following that a link in a mail is about. what: of `links`."""
    return links.following_of(token, what)


def in_digests(token: str) -> QuerySet[Following]:
    """What the holder of a reader's link hears of once a day or once a week."""
    person, address = links.reader_of(token) or (None, "")
    return Following.objects.filter(person=person, address=address).exclude(pace=Pace.AT_ONCE)


def of_reader(token: str) -> QuerySet[Following]:
    """What an address follows, for whoever holds the link in its mails (`links.token_of_reader`)."""
    whose = links.reader_of(token)
    if whose is None or not whose[1]:
        return Following.objects.none()
    rows = Following.objects.filter(person=None, address=whose[1], confirmed_at__isnull=False)
    return rows.select_related("section", "article", "product").order_by("pk")
