"""Several nodes serve one desk: what happens on one is seen on the others."""

from contextlib import ExitStack

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction

from tests import nodes
from tests.knowledge.conftest import drafted, guides, invoices, published
from tuki.desk.events import BlueprintApplied
from tuki.desk.models import WhoSees
from tuki.jobs.models import Beat, Job
from tuki.journal.record import record
from tuki.knowledge import actions as knowledge
from tuki.knowledge import audience
from tuki.live.hub import EAR
from tuki.live.signals import tell
from tuki.mail.models import Delivery
from tuki.notifications.jobs import tell as letters
from tuki.people import actions as people
from tuki.people import marks
from tuki.people.models import Role, Team
from tuki.tickets import actions

__all__ = ["drafted", "guides", "invoices", "published"]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def webs(django_db_setup, django_db_blocker, tmp_path_factory):
    """Two web nodes. On PostgreSQL each has two processes."""
    folder = tmp_path_factory.mktemp("webs")
    with django_db_blocker.unblock(), ExitStack() as stack:
        yield [stack.enter_context(nodes.tuki("web", env=nodes.environment(folder / name))) for name in "ab"]


@pytest.fixture
def listen():
    with ExitStack() as stack:

        def open_stream(node, topics, *headers):
            stream = nodes.Stream(node.port, "&".join(f"topic={topic}" for topic in topics), *headers)
            stack.callback(stream.close)
            return stream

        yield open_stream


def cookie(actor):
    return f"Cookie: {nodes.cookie_of(actor.person)}"


def over(stream):
    """That it ends; what was told before may still come."""
    while stream.next():
        pass
    return True


def topic(stream, *told):
    """The next topic. Tables are emptied between tests, under the eyes of nodes that then have all pages ask again.

    told: what is told once more then. A node that could not look for a moment says "again" in place of all it missed.
    """
    while (heard := stream.next()) == "again":
        tell(*told)
    return heard


def test_what_happens_on_one_node_is_heard_on_all(webs, listen, ticket, ada, eva):
    customer = listen(webs[0], ["ticket-1"], cookie(ada))
    agent = listen(webs[1], ["ticket-1"], cookie(eva))

    actions.reply(ticket, "<p>Try again.</p>", by=eva)  # we are a third node

    assert topic(customer, "ticket-1") == "ticket-1"
    assert topic(agent, "ticket-1") == "ticket-1"


def test_workers_of_one_node_and_of_two_do_each_job_once(tmp_path, ticket, eva):
    def all_told():
        return not Job.objects.filter(kind=letters.name).exists()

    with (
        nodes.tuki("worker", "--workers", "2", env=nodes.environment(tmp_path / "one")),
        nodes.tuki("worker", env=nodes.environment(tmp_path / "two")),
    ):
        nodes.until(lambda: Beat.objects.count() == 3 and all_told())
        before = Delivery.objects.count()
        for number in range(20):
            actions.reply(ticket, f"<p>Answer {number}</p>", by=eva)
        nodes.until(all_told)

    assert Delivery.objects.filter(address="ada@acme.example").count() - before == 20


def test_what_was_told_just_before_a_stream_opens_is_heard(webs, listen, ticket, ada):
    first = listen(webs[0], ["ticket-1"], cookie(ada))
    tell("ticket-1")
    assert topic(first, "ticket-1") == "ticket-1"  # by now the node knows

    assert topic(listen(webs[0], ["ticket-1"], cookie(ada)), "ticket-1") == "ticket-1"


def test_who_comes_back_is_told_to_ask_again(webs, listen, ada):
    assert listen(webs[0], [], cookie(ada), "Last-Event-ID: 1").next() == "again"


def test_who_is_signed_out_gets_no_stream_and_does_not_come_back(webs, listen):
    assert listen(webs[0], ["desk"]).status == 204
    assert listen(webs[0], ["desk"], "Cookie: sessionid=nonsense").status == 204


def test_a_stream_is_only_read(webs):
    assert webs[0].ask("POST", "/live")[0].status == 405


def test_what_one_may_not_hear_does_not_come(webs, listen, ticket, ada, dora):
    wanted = ["ticket-1", "desk", f"person-{dora.person_id}"]
    stranger = listen(webs[0], wanted, cookie(dora))
    tell(*wanted)

    assert topic(stranger, *wanted) == f"person-{dora.person_id}"


def test_a_stream_that_was_left_is_not_counted_any_more(webs, ada):
    def count():
        lines = webs[1].ask(path="/metrics")[1].decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("tuki_streams_open"))

    stream = nodes.Stream(webs[1].port, "", cookie(ada))
    nodes.until(lambda: count() == 1)
    stream.close()

    nodes.until(lambda: count() == 0)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connection that can break")
def test_a_node_that_lost_its_ear_for_changes_has_all_pages_ask_again(webs, listen, ticket, ada):
    stream = listen(webs[0], ["ticket-1"], cookie(ada))
    with connection.cursor() as cursor:
        ears = "FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()"
        cursor.execute(f"SELECT count(pg_terminate_backend(pid)) {ears}", [EAR])
        assert cursor.fetchone()[0] >= 2

    while stream.next() != "again":
        pass
    tell("ticket-1")
    assert topic(stream) == "ticket-1"


@pytest.mark.parametrize("how", ["signed out", "signed out from elsewhere", "a new password"])
def test_a_stream_ends_at_once_when_its_session_does(webs, listen, ada, how):
    mine, elsewhere = f"person-{ada.person_id}", cookie(ada)
    streams = [listen(node, [mine], elsewhere) for node in webs]
    here = listen(webs[0], [mine], cookie(ada))
    key = elsewhere.rpartition("=")[2]
    session = UserSession.objects.create(user=ada.person, session_key=key, ip="127.0.0.1", user_agent="")

    if how == "signed out":
        SessionStore(key).flush()
    elif how == "signed out from elsewhere":
        marks.end_session(session)
    else:
        people.set_password(ada.person, "another-long-password", by=ada)

    assert all(over(stream) for stream in streams)
    assert listen(webs[0], [mine], elsewhere).status == 204
    if how == "a new password":
        assert over(here)
    else:
        tell(mine)
        assert topic(here, mine) == mine


@pytest.mark.parametrize("lost", ["the role", "the seat", "the company's wish", "the account"])
def test_a_stream_ends_at_once_when_its_person_may_hear_less(
    webs, listen, rules, ticket, acme, ada, bert, dora, eva, root, lost
):
    rules(who_sees=WhoSees.NOBODY)
    people.change_visibility(acme, WhoSees.SEATS, by=eva)
    who = eva if lost == "the role" else bert
    wanted = ["desk", "ticket-1", f"person-{ada.person_id}"]
    streams = [listen(node, wanted, cookie(who)) for node in webs]
    unmoved = listen(webs[0], wanted, cookie(ada))

    if lost == "the role":
        people.change_role(eva.person, Role.CUSTOMER, by=root)
    elif lost == "the seat":
        people.take_seat(bert.person.memberships.get(), by=eva)
    elif lost == "the company's wish":
        people.change_visibility(acme, WhoSees.NOBODY, by=eva)
    else:
        people.merge_persons(dora.person, bert.person, by=root)

    assert all(over(stream) for stream in streams)
    tell(*wanted)
    assert topic(unmoved, *wanted) in wanted[1:]
    back = listen(webs[0], wanted, cookie(who))
    assert back.status == (204 if lost == "the account" else 200)


LOST = {
    "taken out of the copies": (
        "bert",
        lambda ticket, cast: actions.remove_copy(ticket, cast["bert"].person, by=cast["eva"]),
    ),
    "left": ("bert", lambda ticket, cast: actions.leave(ticket, by=cast["bert"])),
    "another's matter": (
        "ada",
        lambda ticket, cast: actions.change_requester(ticket, cast["dora"].person, by=cast["eva"]),
    ),
    "put away": ("ada", lambda ticket, cast: actions.trash(ticket, by=cast["eva"])),
    "spam": ("ada", lambda ticket, cast: actions.mark_as_spam(ticket, by=cast["eva"])),
    "confidential": ("otto", lambda ticket, cast: actions.set_confidential(ticket, True, by=cast["eva"])),
    "a private team's": ("otto", lambda ticket, cast: actions.hand_over(ticket, cast["payroll"], by=cast["eva"])),
}


@pytest.mark.parametrize("lost", LOST)
def test_a_stream_ends_at_once_when_its_person_may_not_know_of_one_ticket_any_more(
    webs, listen, ticket, teams, ada, bert, dora, eva, otto, hanna, lost
):
    """What is open in the browser of somebody who was removed hears of no further message."""
    actions.add_copy(ticket, bert.person.email, by=ada)
    cast = {"ada": ada, "bert": bert, "dora": dora, "eva": eva, "otto": otto, "payroll": teams["payroll"]}
    name, lose = LOST[lost]
    who, mine = cast[name], f"person-{cast[name].person_id}"
    wanted = ["ticket-1", "desk-ticket-1", mine]
    streams = [listen(node, wanted, cookie(who)) for node in webs]
    unmoved = listen(webs[0], ["desk-ticket-1"], cookie(hanna if lost == "a private team's" else eva))

    lose(ticket, cast)

    assert all(over(stream) for stream in streams)
    assert topic(unmoved, "desk-ticket-1") == "desk-ticket-1"
    back = listen(webs[0], wanted, cookie(who))
    tell(*wanted)
    assert topic(back, *wanted) == mine


@pytest.mark.parametrize("rule", ["the desk lets fewer see", "a team is private"])
def test_a_blueprint_that_is_applied_ends_the_streams_of_whom_it_lets_hear_less(
    webs, listen, rules, ticket, ada, bert, eva, root, desk, machine, rule
):
    rules(who_sees=WhoSees.SEATS)
    team = Team.objects.create(key="board", labels={"en": "The board"})
    actions.hand_over(ticket, team, by=root)
    wanted = ["ticket-1", f"person-{ada.person_id}"]
    streams = [listen(node, wanted, cookie(bert if rule.startswith("the desk") else eva)) for node in webs]
    unmoved = listen(webs[0], wanted, cookie(ada))

    with transaction.atomic():
        if rule.startswith("the desk"):
            type(desk).objects.update(who_sees=WhoSees.NOBODY)
        else:
            Team.objects.update(private=True)
        record(BlueprintApplied([]), on=desk, by=machine)

    assert all(over(stream) for stream in streams)
    tell(*wanted)
    assert topic(unmoved, *wanted) in wanted


def test_a_stream_stays_open_when_its_person_may_hear_what_they_could(webs, listen, ticket, ada):
    stream = listen(webs[0], ["ticket-1"], cookie(ada))

    people.change_profile(ada.person, name="Ada L.", by=ada)
    tell("ticket-1")

    assert topic(stream, "ticket-1") == "ticket-1"


@pytest.fixture
def read(webs):
    """The words that a node answers nobody in particular with, each of its processes most likely among those asked."""

    def read_on(node, path):
        answers = [node.ask(path=path) for _ in range(6)]
        assert len({(answer.status, body) for answer, body in answers}) == 1
        return answers[0][0].status, answers[0][1].decode()

    return read_on


def test_what_changes_on_a_node_is_read_there_at_once_and_soon_on_the_others(webs, read, published):
    path = f"/hc/en/articles/{published().pk}-paying-an-invoice"
    for node in webs:
        assert "found this helpful" not in read(node, path)[1]

    answer, _ = webs[0].ask("POST", path.replace("-paying-an-invoice", "/vote"), "helpful=yes", FORM)
    assert answer.status == 302

    assert "1 out of 1 found this helpful" in read(webs[0], path)[1]
    nodes.until(lambda: "1 out of 1 found this helpful" in webs[1].ask(path=path)[1].decode())


def test_what_is_not_for_everybody_any_more_is_gone_on_every_node(webs, read, published, invoices, root):
    path = f"/hc/en/articles/{published().pk}-paying-an-invoice"
    for node in webs:
        assert read(node, path)[0] == 200

    knowledge.change_section(invoices, audience=audience.seats(), by=root)

    for node in webs:
        nodes.until(lambda node=node: node.ask(path=path)[0].status == 404)
        assert "Paying an invoice" not in read(node, "/hc/en/feed.atom")[1]


def test_a_desk_that_is_applied_anew_is_what_is_read(webs, read, desk, machine):
    for node in webs:
        assert "festum-of-old" not in read(node, "/hc/en")[1]

    with transaction.atomic():
        type(desk).objects.update(name="festum-of-old")
        record(BlueprintApplied([]), on=desk, by=machine)

    for node in webs:
        nodes.until(lambda node=node: "festum-of-old" in node.ask(path="/hc/en")[1].decode())
