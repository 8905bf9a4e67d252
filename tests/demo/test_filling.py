"""The demo's past: as much as promised, and true wherever one looks at it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection, transaction
from django.db.models import Count, Q

from tuki.blueprint import actions
from tuki.blueprint.reading import SHIPPED, read_folder
from tuki.demo import content
from tuki.demo.filling import fill, password
from tuki.desk.queries import the_desk
from tuki.jobs.models import Job
from tuki.journal.models import Entry
from tuki.mail.lists import unseen_failures
from tuki.mail.models import OPEN, Delivery, Suppression
from tuki.mail.queries import suppressed
from tuki.people.actor import Actor
from tuki.people.models import Membership, Organization, Person, Role, Seat, Team
from tuki.people.queries import seats_in_use, system
from tuki.tickets.models import UNSOLVED, Attachment, Draft, Message, ReadMark, State, Ticket

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 11, 30, tzinfo=UTC)  # a Wednesday
SEATED = {"heeros", "haiilo"}  # where support is for those with a seat


# A demo is always on SQLite: on PostgreSQL one desk shows that its past can be told there as well.
_MARKS = pytest.mark.full if connection.vendor == "postgresql" else ()
DESKS = ["heeros", *(pytest.param(name, marks=_MARKS) for name in ("haiilo", "admicom", "festum"))]


@pytest.fixture(scope="module", params=DESKS)
def desk(request, django_db_setup, django_db_blocker):
    """A filled demo, made once for all tests here and undone after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        actions.apply(read_folder(SHIPPED / request.param), by=Actor(system()))
        fill(request.param, NOW)
        yield request.param
        transaction.set_rollback(True)


def test_it_is_as_large_as_promised(desk):
    assert Ticket.objects.count() >= 200
    assert Organization.objects.count() == 8
    invited = len(content.cast(desk).invited)
    assert Person.objects.filter(role=Role.CUSTOMER).count() == 30 + invited
    assert Person.objects.filter(role__in=[Role.AGENT, Role.ADMINISTRATOR]).count() == 6
    assert Team.objects.filter(members__isnull=False).distinct().count() == 3


def test_every_kind_of_thing_is_there_to_be_seen(desk):
    assert set(Ticket.objects.values_list("state", flat=True)) == set(State.values) - {State.CLOSED}
    assert {"web", "email", "phone"} <= set(Ticket.objects.values_list("via", flat=True))
    assert Message.objects.filter(internal=True).count() > 20
    redacted = [line for story in content.stories(desk) for line in story.lines if line.redact]
    assert Message.objects.filter(redacted_at__isnull=False).count() == len(redacted)
    assert Attachment.objects.count() > 10
    assert Draft.objects.count() == 1
    assert Ticket.objects.filter(confidential=True).exists()
    assert Ticket.objects.filter(copies__isnull=False).exists()
    happened = set(Entry.objects.values_list("event", flat=True))
    assert {"ticket.handed_over", "ticket.reopened", "ticket.subject_changed", "ticket.tagged"} <= happened


def test_every_place_that_one_can_have_in_a_company_is_there_to_be_seen(desk):
    companies = Organization.objects.all()
    places = Membership.objects.filter(organization__in=companies)
    assert not companies.filter(main_contact=None).exists()
    assert not companies.filter(account_manager=None).exists()
    assert companies.exclude(note="").exists()
    assert places.filter(role="manager").count() >= 8
    if desk in SEATED:
        assert places.filter(suspended_at__isnull=False).exists()
        assert any(place.pending for place in places.select_related("person"))
        assert Seat.objects.filter(until__gt=NOW, ended_at=None).exists()
    if desk == "haiilo":
        assert [one for one in companies if seats_in_use(one).count() == one.package.seats]  # a package that is full
        assert Seat.objects.exclude(given_by__role=Role.ADMINISTRATOR).exists()  # companies give them themselves


def test_each_story_stands_where_it_ends(desk):
    told = {}
    for ticket in Ticket.objects.select_related("status", "assignee"):
        assignee = ticket.assignee.email if ticket.assignee else ""
        told.setdefault(ticket.subject, []).append((ticket.status.key, ticket.state, assignee))
    agents = content.cast(desk).agents

    for story in content.stories(desk):
        if any(line.new_subject for line in story.lines) or "{" in story.subject:
            continue
        assignee = agents[story.assignee].email if story.assignee else ""
        ends = [(key, who) for key, _state, who in told[story.subject]]
        ends += [(state, who) for _key, state, who in told[story.subject]]
        assert (story.status, assignee) in ends, story.subject


def test_numbers_are_gapless_and_in_the_order_of_time(desk):
    rows = list(Ticket.objects.order_by("number").values_list("number", "created_at"))

    assert [number for number, _at in rows] == list(range(1, len(rows) + 1))
    assert [at for _number, at in rows] == sorted(at for _number, at in rows)


def test_the_journal_was_written_as_it_happened(desk):
    moments = list(Entry.objects.filter(on_kind="ticket").order_by("pk").values_list("at", flat=True))

    assert moments == sorted(moments)
    assert max(moments) < NOW


def test_the_journal_and_the_tickets_say_the_same(desk):
    def entries(*events: str) -> dict[int, int]:
        rows = Entry.objects.filter(on_kind="ticket", event__in=events).values_list("on_id").annotate(n=Count("pk"))
        return dict(rows)

    submitted, said = entries("ticket.submitted"), entries("ticket.submitted", "ticket.replied", "ticket.noted")
    solved, reopened = entries("ticket.solved"), entries("ticket.reopened")
    for ticket in Ticket.objects.annotate(n=Count("messages")):
        assert submitted[ticket.pk] == 1
        assert said[ticket.pk] == ticket.n
        is_solved = solved.get(ticket.pk, 0) - reopened.get(ticket.pk, 0)
        assert is_solved == (ticket.state not in UNSOLVED)
        assert (ticket.solved_at is not None) == (ticket.state not in UNSOLVED)
        assert ticket.created_at <= ticket.turn_since <= ticket.updated_at < NOW


def test_people_work_on_weekdays_between_eight_and_four(desk):
    for said in Message.objects.filter(by_support=True, via="web").values_list("sent_at", flat=True):
        local = said.astimezone(ZoneInfo(the_desk().time_zone))
        assert local.weekday() < 5
        assert 7 < local.hour < 18


def test_nobody_is_written_to_about_the_past(desk):
    assert not Job.objects.exists()
    assert not Delivery.objects.filter(state__in=OPEN).exists()
    assert not Delivery.objects.filter(Q(in_hand=True) | Q(parked=True) | Q(lane_at__isnull=False)).exists()


def test_of_the_mail_of_the_last_weeks_each_end_is_there_to_be_seen(desk):
    ends = Counter(Delivery.objects.values_list("state", flat=True))
    assert ends.pop("sent") > 60
    assert set(ends) == {"bounced", "failed", "cancelled"}
    assert ends["bounced"] == 1
    assert ends.total() < 12
    held = set(Delivery.objects.values_list("held_because", flat=True))
    assert {""} < held <= {"", "bounced", "complained"}  # not each has been written to again
    assert 2 <= Delivery.objects.filter(state="sent", tries__gt=1).count() < 20
    assert Delivery.objects.filter(state="sent", told_late=True).count() == 1
    assert sorted(Suppression.objects.values_list("why", flat=True)) == ["bounced", "complained"]
    assert Entry.objects.filter(event="mail.late").count() == Entry.objects.filter(event="mail.left").count() == 1
    assert not unseen_failures().exists()  # an alarm would be the first thing that an administrator sees


def test_each_mail_went_after_what_it_tells_of_and_in_the_past(desk):
    for mail in Delivery.objects.select_related("entry"):
        assert mail.entry.at == mail.made_at
        assert mail.sent_at is None or mail.made_at < mail.sent_at < NOW


def test_who_signs_in_to_look_around_is_written_to(desk):
    assert not suppressed(row.email for row in content.sign_ins(desk))


def test_what_is_old_has_been_read_and_what_is_new_has_not(desk):
    agent = Person.objects.filter(role=Role.AGENT).order_by("pk").first()
    read = ReadMark.objects.filter(person=agent).values("ticket")

    assert not Ticket.objects.filter(
        confidential=False, team__private=False, updated_at__lt=NOW - timedelta(days=3)
    ).exclude(pk__in=read)
    assert Ticket.objects.filter(state=State.NEW).exclude(pk__in=read).exists()


def test_each_shown_sign_in_works_and_is_who_it_says(desk):
    shown = {row.role: row for row in content.sign_ins(desk)}
    wanted = {"customer, manager", "agent", "administrator"}
    wanted |= {"customer with a seat", "customer without a seat"} if desk in SEATED else {"customer"}
    assert set(shown) == wanted

    for row in shown.values():
        person = Person.objects.get(email=row.email)
        assert check_password(password(desk), person.password)
        assert person.emailaddress_set.get().verified
    assert Person.objects.get(email=shown["administrator"].email).role == Role.ADMINISTRATOR
    assert Membership.objects.get(person__email=shown["customer, manager"].email).role == "manager"
    if desk in SEATED:
        assert Seat.objects.filter(membership__person__email=shown["customer with a seat"].email).exists()
        assert not Seat.objects.filter(membership__person__email=shown["customer without a seat"].email).exists()


def test_the_same_past_is_made_twice(desk):
    """Other than ids, names of stored files and the hash of the password."""
    assert content.stories(desk) == content.stories(desk)
    assert content.sign_ins(desk) == content.sign_ins(desk)
