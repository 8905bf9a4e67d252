"""Several nodes serve one desk: what happens on one is seen on the others."""

from contextlib import ExitStack

import pytest
from django.db import connection

from tests import nodes
from tuki.jobs.models import Job
from tuki.live.signals import tell
from tuki.mail.models import Delivery
from tuki.notifications.jobs import tell as letters
from tuki.tickets import actions

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


def test_two_workers_do_each_job_once(tmp_path, ticket, eva):
    def all_told():
        return not Job.objects.filter(kind=letters.name).exists()

    with (
        nodes.tuki("worker", env=nodes.environment(tmp_path / "one")),
        nodes.tuki("worker", env=nodes.environment(tmp_path / "two")),
    ):
        nodes.until(all_told)
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
        cursor.execute("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query = 'LISTEN tuki'")
        assert cursor.fetchone()[0] >= 2

    while stream.next() != "again":
        pass
    tell("ticket-1")
    assert topic(stream) == "ticket-1"
