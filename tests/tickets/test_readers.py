"""Rights are asked again as a mail leaves: what waited while its reader lost them does not go out (E3)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from tests.conftest import later
from tuki.desk.models import WhoSees
from tuki.desk.queries import the_desk
from tuki.jobs.models import Job
from tuki.jobs.worker import run_ready
from tuki.mail.models import Delivery, State, Why
from tuki.people import actions as people
from tuki.people.actor import Actor
from tuki.people.models import Membership, Person
from tuki.tickets import actions, policy
from tuki.tickets.models import Ticket


@pytest.fixture
def waiting(ticket, eva, settings):
    """Eva's answer to Ada's ticket, made while no mail server was set."""
    settings.DEMO, settings.SMTP = False, None
    run_ready()
    actions.reply(ticket, "<p>Which invoice?</p>", by=eva)
    run_ready()
    return ticket


@pytest.fixture
def sent(settings):
    """Let what waits leave now; what became of the mails with a message to an address."""

    def leave(address: str) -> list[tuple[str, str]]:
        settings.DEMO = True
        Job.objects.update(run_at=timezone.now())
        run_ready()
        run_ready()
        found = Delivery.objects.filter(address=address, kind="message")
        return [(mail.state, mail.held_because) for mail in found]

    return leave


def place_of(actor: Actor) -> Membership:
    return Membership.objects.get(person=actor.person)


def test_what_waits_goes_to_whoever_may_read_it(waiting, sent):
    assert sent("ada@acme.example") == [(State.SENT, "")]


def test_who_was_suspended_meanwhile_does_not_get_what_waited(waiting, sent, ada, carol):
    people.suspend(place_of(ada), by=carol)

    assert sent("ada@acme.example") == [(State.CANCELLED, Why.NO_RIGHT)]


def test_the_reason_is_said_in_the_readers_language(waiting, sent, ada, carol):
    people.suspend(place_of(ada), by=carol)
    sent("ada@acme.example")

    with translation.override("fi"):
        said = Delivery.objects.get(address="ada@acme.example", kind="message").get_held_because_display()
    assert said == "vastaanottaja ei saa enää nähdä, mistä se kertoo"


def test_a_closed_account_gets_nothing_that_waited(waiting, sent, ada):
    Person.objects.filter(pk=ada.person_id).update(is_active=False)

    assert sent("ada@acme.example") == [(State.CANCELLED, Why.NO_RIGHT)]


def test_a_duplicate_that_was_merged_gets_what_waited(waiting, sent, ada, bert, machine):
    people.merge_persons(bert.person, ada.person, by=machine)

    assert sent("ada@acme.example") == [(State.SENT, "")]


def test_it_is_one_question_for_each_mail(ticket, ada):
    the_desk()
    policy.reads_now(ada.person_id, ticket.pk)
    with CaptureQueriesContext(connection) as asked:
        assert policy.reads_now(ada.person_id, ticket.pk)

    assert len(asked) == 1


@pytest.mark.parametrize("rule", WhoSees)
@pytest.mark.parametrize("wish", ["", *WhoSees])
@pytest.mark.parametrize("copies_from_first_answer", [False, True])
def test_it_says_what_the_lists_say(
    rules, rule, wish, copies_from_first_answer, acme, globex, ada, bert, carol, nils, dora, eva, hanna, otto, machine
):
    rules(who_sees=rule, copies_from_first_answer=copies_from_first_answer)
    people.change_visibility(acme, wish, by=machine)
    ask = {"requester": ada.person, "by": eva}
    plain = actions.submit("Plain", "<p>x</p>", copies=["nils@acme.example"], **ask)
    answered = actions.submit("Answered", "<p>x</p>", copies=["nils@acme.example"], **ask)
    actions.reply(answered, "<p>y</p>", by=eva)
    secret = actions.submit("Secret", "<p>x</p>", **ask)
    actions.set_confidential(secret, True, by=eva)
    gone = actions.submit("Gone", "<p>x</p>", **ask)
    actions.trash(gone, by=eva)
    of_dora = actions.submit("Globex", "<p>x</p>", by=dora)
    people.suspend(place_of(bert), by=carol)
    people.invite_colleague(acme, "dora@globex.example", by=carol)
    Person.objects.filter(pk=otto.person_id).update(is_active=False)

    for actor in (ada, bert, carol, nils, dora, eva, hanna, otto):
        for ticket in (plain, answered, secret, gone, of_dora):
            fresh = Actor(Person.objects.get(pk=actor.person_id))
            row = Ticket.objects.get(pk=ticket.pk)
            told = policy.reads_now(actor.person_id, ticket.pk)
            assert told == policy.may_see(fresh, row), f"{actor.person} {ticket.subject}"


def test_a_seat_whose_time_is_over_reads_no_colleagues_ticket_any_more(rules, ticket, bert, carol):
    rules(who_sees=WhoSees.SEATS)
    assert policy.reads_now(bert.person_id, ticket.pk)
    place_of(bert).seats.update(until=later(bert, hours=-1).at)

    assert not policy.reads_now(bert.person_id, ticket.pk)
