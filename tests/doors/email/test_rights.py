"""Mail of those who have no right to write yet."""

from datetime import timedelta

import pytest

from tuki.desk.models import WhoGivesSeats, WhoSubmits
from tuki.jobs.worker import run_ready
from tuki.journal.models import Entry
from tuki.mail import lists
from tuki.mail.models import Delivery, Outcome, RawMail
from tuki.people import actions as people
from tuki.people.actor import Actor
from tuki.tickets.models import Ticket


def test_what_was_sent_without_the_right_becomes_a_request_once_a_seat_is_given(nils, mail_in, root):
    came = mail_in(nils, "Help")
    assert (came.outcome, came.lacks_right) == (Outcome.QUARANTINED, True)

    people.give_seat(nils.person.memberships.get(), by=root)
    run_ready()

    came.refresh_from_db()
    assert (came.outcome, came.lacks_right) == (Outcome.TICKET, False)
    assert (Ticket.objects.get().requester, Ticket.objects.get().created_at) == (nils.person, came.received_at)


def test_so_it_does_where_people_of_a_company_may_write_and_they_become_one_of_it(rules, acme, mail_in, root):
    rules(who_submits=WhoSubmits.MEMBERS)
    came = mail_in("stina@elsewhere.example", "Help")
    assert came.outcome == Outcome.QUARANTINED

    stina = people.add_person("stina@elsewhere.example", name="Stina", by=root)
    run_ready()
    assert not Ticket.objects.exists()
    people.join(stina, acme, by=root)
    run_ready()

    assert Ticket.objects.get().requester == stina


@pytest.mark.parametrize("rule", [WhoSubmits.SEATS, WhoSubmits.MEMBERS])
def test_what_somebody_mailed_is_nothing_to_a_company_that_invites_them_before_they_accept(
    rules, rule, acme, mail_in, root
):
    rules(who_submits=rule, who_gives_seats=WhoGivesSeats.COMPANY)
    before = mail_in("stina@elsewhere.example", "About my pay")
    place = people.invite_colleague(acme, "stina@elsewhere.example", with_seat=True, by=root)
    run_ready()
    after = mail_in("stina@elsewhere.example", "And my boss")
    assert {mail.lacks_right for mail in RawMail.objects.all()} == {True}
    assert not Ticket.objects.exists()

    people.accept_place(place, by=Actor(place.person))
    run_ready()
    assert {ticket.organization for ticket in Ticket.objects.all()} == {acme}
    assert {mail.outcome for mail in RawMail.objects.filter(pk__in=[before.pk, after.pk])} == {Outcome.TICKET}


def test_who_mails_before_they_have_accepted_an_invitation_is_told_to_do_that_first(acme, mail_in, root):
    people.invite_colleague(acme, "stina@elsewhere.example", by=root)
    mail_in("stina@elsewhere.example", "Help")

    told = Delivery.objects.get(address="stina@elsewhere.example", kind="no_access")
    assert "Acme Oy has invited you to join it." in told.text
    assert "/hc/en/invitations" in told.text


def test_to_belong_to_a_company_is_not_enough_where_a_seat_is_needed(nils, globex, mail_in, root):
    came = mail_in(nils)

    people.join(nils.person, globex, by=root)
    run_ready()

    came.refresh_from_db()
    assert came.outcome == Outcome.QUARANTINED
    assert not Entry.objects.filter(event="mail.run_again").exists()


def test_what_waits_for_more_than_a_month_is_taken_up_by_hand(nils, mail_in, root):
    came = mail_in(nils)
    RawMail.objects.update(received_at=came.received_at - timedelta(days=31))

    people.give_seat(nils.person.memberships.get(), by=root)
    run_ready()

    came.refresh_from_db()
    assert came.outcome == Outcome.QUARANTINED


def test_what_others_sent_goes_on_waiting(nils, mail_in, root):
    other = mail_in("stina@elsewhere.example")

    people.give_seat(nils.person.memberships.get(), by=root)
    run_ready()

    other.refresh_from_db()
    assert other.lacks_right


def test_support_finds_what_waits_for_a_right_apart_from_the_rest(nils, mail_in, domains):
    domains.guard("nowhere.example")
    waits = mail_in(nils, "Help me")
    mail_in("victim@nowhere.example", "Pay me", client_ip="203.0.113.66")

    assert list(lists.ledger(lists.LACKS_RIGHT)) == [waits]


@pytest.mark.parametrize("program", ["Auto-Submitted", "List-Id"])
def test_a_machine_without_the_right_waits_for_none(program, nils, mail_in):
    assert not mail_in(nils, **{program.replace("-", "_"): "auto-generated"}).lacks_right


def test_what_a_list_passed_on_of_somebody_without_the_right_is_kept_for_support_to_see(nils, mail_in, mails_to):
    came = mail_in(nils, List_Id="<users.acme.example>")

    assert (came.outcome, came.lacks_right) == (Outcome.QUARANTINED, False)
    assert mails_to(nils) == []
