"""The lists: the workspace's views, and a customer's requests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.lookups import In
from django.utils.translation import gettext_lazy as _

from tuki.lib.questions import Question, Slot
from tuki.people.actor import Actor
from tuki.people.models import Person, Team
from tuki.tickets.models import Copy, ReadMark, Ticket
from tuki.tickets.policy import organizations_seen, visible_tickets

# As the indexes say it: see Ticket.Meta.
_UNSOLVED = Q(solved_at=None, trashed_at=None)


_TEAMS = Question(
    lambda: Team.objects.filter(members=Slot("person", BigIntegerField())).order_by("pk").values_list("pk")
)


def teams_of(person: int) -> list[int]:
    """The ids of the teams that an agent works in."""
    return [pk for (pk,) in _TEAMS.ask(person=person)]


@dataclass(frozen=True)
class View:
    """A list of the workspace.

    rule: what stands in it, for the agent with this id in these teams. moment: the field it is sorted by, newest first.
    """

    key: str
    name: object
    rule: Callable[[int | Slot, Sequence[int | Slot]], Q]
    moment: str = "updated_at"

    def chosen(self, person: Person) -> Q:
        """What of all tickets stands in it for this agent."""
        return self.rule(person.pk, teams_of(person.pk) if self.key == "teams" else ())


VIEWS: dict[str, View] = {
    view.key: view
    for view in (
        View("unassigned", _("Unassigned"), lambda person, teams: _UNSOLVED & Q(assignee=None)),
        View("mine", _("My requests"), lambda person, teams: _UNSOLVED & Q(assignee=person)),
        # The ids, not a subquery: PostgreSQL walks the index of each team in order then.
        View("teams", _("My teams"), lambda person, teams: _UNSOLVED & Q(In(F("team"), list(teams)))),
        View("open", _("All open"), lambda person, teams: _UNSOLVED),
        View("waiting", _("Waiting"), lambda person, teams: _UNSOLVED & Q(ours=False)),
        View(
            "solved",
            _("Solved lately"),
            lambda person, teams: Q(solved_at__isnull=False, trashed_at=None),
            "solved_at",
        ),
        View("trash", _("Trash"), lambda person, teams: Q(trashed_at__isnull=False, spam=False), "trashed_at"),
        View("spam", _("Spam"), lambda person, teams: Q(trashed_at__isnull=False, spam=True), "trashed_at"),
    )
}


def view(viewer: Actor, key: str) -> QuerySet[Ticket]:
    """The tickets of one of the VIEWS, each with what a row of the list shows and `unread` for this agent."""
    assert viewer.person is not None
    rows = visible_tickets(viewer).filter(VIEWS[key].chosen(viewer.person))
    return with_unread(rows, viewer.person).select_related("requester", "organization", "status", "assignee", "team")


def with_unread(rows: QuerySet[Ticket], person: Person, moment: str = "updated_at") -> QuerySet[Ticket]:
    """Each ticket with `unread`: whether something happened since this person last had it open."""
    read = ReadMark.objects.filter(person=person, ticket=OuterRef("pk"), at__gte=OuterRef(moment))
    return rows.annotate(unread=~Exists(read))


def customer_requests(
    viewer: Actor, *, tab: str = "mine", organization: int | None = None, status: str = "", words: str = ""
) -> QuerySet[Ticket]:
    """A customer's list. To be sorted by shown_updated_at.

    tab: "mine", "copied" or "organization" (of those the viewer may see all of; organization: the id of one of them).
    status: "open" (not solved), "all", or the key of a status; unset, open ones, or all where words are looked for.
    words: a number, or words of the subject.
    """
    person = viewer.person
    assert person is not None
    rows = visible_tickets(viewer)
    if tab == "organization":
        seen = organizations_seen(person)
        rows = rows.filter(organization_id__in=seen & {organization} if organization else seen)
    elif tab == "copied":
        rows = rows.filter(pk__in=Copy.objects.filter(person=person).values("ticket"))
    else:
        rows = rows.filter(requester=person)
    status = status or ("all" if words else "open")
    if status == "open":
        rows = rows.filter(solved_at=None)
    elif status != "all":
        rows = rows.filter(status__key=status)
    rows = with_words(rows, words)
    return with_unread(rows, person, "shown_updated_at").select_related(
        "status", "requester", "organization", "product"
    )


def by_company(rows: QuerySet[Ticket], companies: Sequence[int]) -> list[QuerySet[Ticket]]:
    """A list as one for each of these companies, for `paging.page_of_several`; of one company or none, as it is."""
    return [rows.filter(organization=company) for company in companies] if len(companies) > 1 else [rows]


def with_words(rows: QuerySet[Ticket], words: str) -> QuerySet[Ticket]:
    """Those with this number, or with all these words in the subject. A number comes as 12, #12 or [Festum #12]."""
    number = words.strip().strip("[]").rpartition("#")[2].strip()
    if number.isdecimal() and len(number) < 10:
        return rows.filter(Q(number=int(number)) | Q(folded_subject__contains=words.strip().casefold()))
    for word in words.casefold().split()[:8]:
        rows = rows.filter(folded_subject__contains=word)
    return rows


def requests_of(viewer: Actor, person: Person) -> QuerySet[Ticket]:
    """A requester's tickets, for the agent beside them."""
    return visible_tickets(viewer).filter(requester=person, trashed_at=None).select_related("status")


def find_for_agent(viewer: Actor, words: str) -> QuerySet[Ticket]:
    """For the workspace's box: a number, a requester's address, or words of the subject of tickets not solved."""
    rows = visible_tickets(viewer).filter(trashed_at=None)
    number = words.strip().strip("[]").rpartition("#")[2].strip()
    if number.isdecimal() and len(number) < 10:
        found = rows.filter(number=int(number))
    elif "@" in words:
        found = rows.filter(requester__email=words.strip().lower())
    else:
        found = with_words(rows.filter(solved_at=None), words)
    assert viewer.person is not None
    return with_unread(found, viewer.person).select_related("requester", "organization", "status", "assignee", "team")
