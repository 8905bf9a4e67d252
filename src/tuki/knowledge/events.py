"""What happens to the help center. Texts lie in revisions; an event points to them."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tuki.journal.events import Event

_IDS_ONLY = "Holds ids only."
_FIELDS_ONLY = "Names fields only."


@dataclass(frozen=True)
class CategoryMade(Event):
    """The help center got a category."""

    name = "category.made"
    line = _("made the category")
    forgets = "Holds nothing."


@dataclass(frozen=True)
class CategoryChanged(Event):
    """A category's names, description, place, audience, or whether it is shown at all, changed."""

    fields: list[str]

    name = "category.changed"
    line = _("changed the category")
    forgets = _FIELDS_ONLY


@dataclass(frozen=True)
class CategoryMerged(Event):
    """Another category's sections moved into this one, and so does who follows its address."""

    duplicate: int

    name = "category.merged"
    line = _("merged another category into it")
    forgets = _IDS_ONLY


@dataclass(frozen=True)
class CategoryRemoved(Event):
    """An empty category was taken away, and its address leads nowhere. called: its name, in the desk's language."""

    called: str

    name = "category.removed"
    line = _("removed the category %(called)s")
    forgets = "The name of a thing, and nothing of a person."


@dataclass(frozen=True)
class SectionMade(Event):
    """A category got a section."""

    name = "section.made"
    line = _("made the section")
    forgets = "Holds nothing."


@dataclass(frozen=True)
class SectionChanged(Event):
    """A section's names, kind, product, order, fallback, audience, or whether it is shown at all, changed."""

    fields: list[str]

    name = "section.changed"
    line = _("changed the section")
    forgets = _FIELDS_ONLY


@dataclass(frozen=True)
class SectionMoved(Event):
    """A section went to another category, or into or out of another section. As [category id, parent section id]."""

    old: "list[int | None]"
    new: "list[int | None]"

    name = "section.moved"
    line = _("moved the section")
    forgets = _IDS_ONLY


@dataclass(frozen=True)
class SectionMerged(Event):
    """Another section's articles and followers moved into this one."""

    duplicate: int

    name = "section.merged"
    line = _("merged another section into it")
    forgets = _IDS_ONLY


@dataclass(frozen=True)
class SectionRemoved(Event):
    """An empty section was taken away with who followed it. called: its name, in the desk's language."""

    called: str

    name = "section.removed"
    line = _("removed the section %(called)s")
    forgets = "The name of a thing, and nothing of a person."


@dataclass(frozen=True)
class ArticleMade(Event):
    """An article was begun. message: of the ticket whose answer it was made of, where it was."""

    message: int | None = None

    name = "article.made"
    line = _("began the article")
    forgets = _IDS_ONLY


@dataclass(frozen=True)
class ArticleChanged(Event):
    """What is known of an article beside its texts changed: order, labels, audience, owner, files …"""

    fields: list[str]

    name = "article.changed"
    line = _("changed what is known of the article")
    forgets = _FIELDS_ONLY


@dataclass(frozen=True)
class ArticleMoved(Event):
    """An article went to another section."""

    old: int
    new: int

    name = "article.moved"
    line = _("moved the article to another section")
    forgets = _IDS_ONLY


@dataclass(frozen=True)
class ArticleMerged(Event):
    """Another article was found to say the same: its address leads here."""

    duplicate: int

    name = "article.merged"
    line = _("merged another article into it")
    forgets = _IDS_ONLY


@dataclass(frozen=True)
class Translated(Event):
    """Somebody began to write an article in a further language."""

    language: str

    name = "article.translated"
    line = _("began the translation (%(language)s)")
    forgets = "A language only."


@dataclass(frozen=True)
class DraftBegun(Event):
    """Somebody began to write a new text of a translation. What they save until it is published is no event."""

    language: str

    name = "article.draft_begun"
    line = _("began a draft (%(language)s)")
    forgets = "A language only."


@dataclass(frozen=True)
class DraftDiscarded(Event):
    """What was written and not published was thrown away."""

    language: str

    name = "article.draft_discarded"
    line = _("threw a draft away (%(language)s)")
    forgets = "A language only."


@dataclass(frozen=True)
class Published(Event):
    """A translation's text became what readers see. tells: followers are told of it. first: it never was before."""

    language: str
    revision: int
    first: bool
    tells: bool

    name = "article.published"
    line = _("published the article (%(language)s)")
    forgets = "Ids and a language; what was written lies in the revision."


@dataclass(frozen=True)
class Scheduled(Event):
    """A translation will be published or unpublished by itself; empty where it won't. The moments are in UTC."""

    language: str
    publish_at: str
    unpublish_at: str

    name = "article.scheduled"
    line = _("scheduled the article (%(language)s)")
    forgets = "Moments and a language."


@dataclass(frozen=True)
class Archived(Event):
    """A translation was taken out of readers' sight."""

    language: str

    name = "article.archived"
    line = _("archived the article (%(language)s)")
    forgets = "A language only."


@dataclass(frozen=True)
class MarkedOutdated(Event):
    """The source says something else than this translation does."""

    language: str

    name = "article.marked_outdated"
    line = _("marked the translation as outdated (%(language)s)")
    forgets = "A language only."


@dataclass(frozen=True)
class MarkedUpToDate(Event):
    """Somebody saw to it that a translation says what the source does now."""

    language: str
    revision: int

    name = "article.marked_up_to_date"
    line = _("marked the translation as up to date (%(language)s)")
    forgets = "Ids and a language."


@dataclass(frozen=True)
class Reviewed(Event):
    """Somebody saw to it that an article still holds. next: when it must be looked at again, or empty."""

    next: str

    name = "article.reviewed"
    line = _("reviewed the article")
    forgets = "A date only."


@dataclass(frozen=True)
class Voted(Event):
    """A reader said whether the article helped."""

    vote: int
    helpful: bool

    name = "article.voted"
    line = _("said whether the article helped")
    forgets = "An id; the row it points to loses its reason when its writer is erased."


@dataclass(frozen=True)
class Followed(Event):
    """Somebody wants to hear of what is published here. An address must confirm it first."""

    following: int

    name = "following.begun"
    line = _("began to follow")
    forgets = "An id; the row it points to is deleted when its owner is erased."


@dataclass(frozen=True)
class FollowConfirmed(Event):
    """It was shown that an address belongs to who follows with it."""

    following: int

    name = "following.confirmed"
    line = _("confirmed to follow")
    forgets = "An id; the row it points to is deleted when its owner is erased."


@dataclass(frozen=True)
class PaceChanged(Event):
    """A follower hears sooner or later than before."""

    following: int
    old: str
    new: str

    name = "following.pace_changed"
    line = _("changed how soon to hear")
    forgets = "An id and two words of ours."


@dataclass(frozen=True)
class Unfollowed(Event):
    """Somebody does not want to hear of what is published here any more."""

    following: int

    name = "following.ended"
    line = _("ceased to follow")
    forgets = "The id of a row that is gone."
