"""Who is to hear of a publish. Whether they may read it, their mail's maker asks."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from tuki.knowledge.models import Article, Following, Pace, Revision

Reader = tuple[int | None, str]  # a person, or else an address


def followers_of(article: Article) -> QuerySet[Following]:
    """Those to be told when an article is published, by id: of it, of its section and the one that lies in, of the
    products whose release notes stand there. Somebody may be there twice. Whether they may read it, their mail's maker
    asks."""
    section = article.section
    places = [section.pk, *([section.parent_id] if section.parent_id else [])]
    wanted = Q(article=article) | Q(section__in=places) | Q(product__in=section.releases_of)
    rows = Following.objects.filter(wanted, confirmed_at__isnull=False)
    return rows.select_related("person").order_by("pk")


def how_many(article: Article) -> tuple[int, int]:
    """How many followings are to be told of an article, and the last of them by id."""
    rows = followers_of(article)
    last = rows.order_by("-pk").values_list("pk", flat=True).first()
    return rows.count(), last or 0


def some_followers(article: Article, after: int, last: int, most: int) -> list[Following]:
    """The next ones by id, up to a last one, with what they follow at hand."""
    rows = followers_of(article).select_related("person", "section", "article", "product")
    return list(rows.filter(pk__gt=after, pk__lte=last)[:most])


def told_at_once(article: Article, rows: Iterable[Following]) -> set[Reader]:
    """Those of these followers who hear of an article at once, by whichever of their followings."""
    rows = list(rows)
    persons = {row.person_id for row in rows if row.person_id}
    addresses = {row.address for row in rows if row.address}
    theirs = Q(person__in=persons) | Q(address__in=addresses, person=None)
    found = followers_of(article).filter(theirs, pace=Pace.AT_ONCE).order_by()
    return set(found.values_list("person_id", "address"))


def followed_by_owners(article: Article, addresses: Iterable[str]) -> QuerySet[Following]:
    """By which followings the owners of these addresses are to be told of an article as persons."""
    return followers_of(article).filter(person__email__in=set(addresses))


def why_told(article: Article, person: int | None, address: str) -> Following | None:
    """By which of their followings somebody hears of an article, if they still do."""
    rows = followers_of(article).select_related("person", "section", "article", "product")
    return rows.filter(person=person, address="" if person else address).first()


def announced(revision: int) -> Revision | None:
    """A text as it was published, its article and where that stands at hand: what followers are told of."""
    section = "translation__article__section"
    rows = Revision.objects.select_related(f"{section}__product", f"{section}__parent__product")
    return rows.filter(pk=revision).first()
