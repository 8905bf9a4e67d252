"""Articles found by words of their titles and keywords."""

import re
from collections import Counter

from django.db.models import Case, When

from tuki.knowledge import policy
from tuki.knowledge.models import Category, Showing
from tuki.knowledge.queries.reading import NEWEST, PLACED
from tuki.people.actor import Actor

_WORDS = 8  # of what is looked up
_CONSIDERED = 20  # times as many articles as are wanted: among these the likeliest are found


def by_words(
    viewer: Actor, words: str, language: str, size: int = 20, category: Category | None = None
) -> list[Showing]:
    """Articles with all these words in title or keywords, whichever their case; those with all in the title first.

    category: of this one only.
    """
    wanted = words.casefold().split()[:_WORDS]
    if not wanted:
        return []
    rows = policy.visible_translations(viewer, language)
    if category is not None:
        rows = rows.filter(section__category=category)
    for word in wanted:
        rows = rows.filter(folded__contains=word)
    found = list(rows.select_related("translation", *PLACED).order_by(*NEWEST)[: size * 3])
    found.sort(key=lambda row: not all(word in row.translation.title.casefold() for word in wanted))
    return found[:size]


def that_may_help(viewer: Actor, subject: str, language: str, size: int = 5) -> list[Showing]:
    """Articles about what somebody is about to ask for, the likeliest first: with its words in title or keywords.

    Nobody writes in a title's words, so a few of them will do, and of each how it begins: endings are the sentence's.
    A word of many titles ("why", "invoice") says less than one of few.
    """
    begins = _begins(subject)
    if not begins:
        return []
    has = [Case(When(folded__contains=one, then=1), default=0) for one in begins]
    rows = policy.visible_translations(viewer, language).annotate(has=sum(has[1:], has[0])).filter(has__gt=0)
    likely = rows.order_by("-has", "unpromoted", *NEWEST).values_list("pk", "folded")[: size * _CONSIDERED]
    said = {pk: [one for one in begins if one in folded] for pk, folded in likely}
    often = Counter(one for words in said.values() for one in words)
    weights = {pk: sum(1 / often[one] for one in words) for pk, words in said.items()}
    best = sorted(weights, key=lambda pk: -weights[pk])[:size]
    found = rows.select_related("translation", "section").in_bulk(best)
    return [found[pk] for pk in best if pk in found and 3 * weights[pk] >= weights[best[0]]]


def _begins(subject: str) -> list[str]:
    """How the words of a subject begin that may say what it is about, each once: the long ones, where there are any,
    and those in capitals where the rest is not, such as VAT."""
    words = re.findall(r"\w{3,}", subject)
    telling = [word for word in words if len(word) > 4 or (word.isupper() and not subject.isupper())] or words
    return list(dict.fromkeys(word[: max(4, len(word) * 2 // 3)].casefold() for word in telling))[:_WORDS]
