"""`tuki serve` and its parts, as whole families of processes on a real database."""

import os
import signal
import smtplib
import socket
import subprocess
import sys

import pytest
from django.db import connection

from tests import nodes
from tests.ports import free_port
from tuki.jobs.models import Beat
from tuki.mail.models import RawMail

pytestmark = pytest.mark.django_db(transaction=True)


def is_well(node):
    return node.health()["well"]


def test_two_that_start_at_once_on_an_empty_database_both_serve(tmp_path):
    with (
        nodes.fresh_environment(tmp_path / "one") as env,
        nodes.tuki("serve", env=env, log=tmp_path / "first") as first,
        nodes.tuki("serve", env=env, log=tmp_path / "second") as second,
    ):
        nodes.until(lambda: is_well(first) and is_well(second))

        assert first.stop() == 0
        assert second.stop() == 0


def test_whichever_process_is_killed_another_takes_its_place(tmp_path):
    with nodes.tuki("serve", env=nodes.environment(tmp_path / "node")) as node:
        nodes.until(lambda: is_well(node))
        before = node.children()
        for pid in before:
            os.kill(pid, signal.SIGKILL)

        after = nodes.until(lambda: node.is_up() and len(node.children()) == len(before) and node.children())

        assert set(after).isdisjoint(before)
        nodes.until(lambda: is_well(node))


def test_when_the_parent_is_killed_nobody_stays_behind(tmp_path):
    with nodes.tuki("serve", env=nodes.environment(tmp_path / "node")) as node:
        left = node.children()
        node.process.kill()
        node.process.wait()

        nodes.until(lambda: not any(is_alive(pid) for pid in left))


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_stops_at_once_with_open_streams(tmp_path, ada_person):
    with nodes.tuki("serve", env=nodes.environment(tmp_path / "node")) as node:
        stream = nodes.Stream(node.port, "", f"Cookie: {nodes.cookie_of(ada_person)}")
        assert stream.status == 200

        assert node.stop(patience=8) == 0  # pages in hand would get 10 s

        assert stream.next() == ""
        stream.close()


def test_pages_without_a_worker_say_that_something_is_amiss(tmp_path):
    with nodes.tuki("web", env=nodes.environment(tmp_path / "node")) as node:
        answer, _ = node.ask(path="/healthz")

        assert answer.status == 503
        assert (node.health()["database"], node.health()["worker"]) == (True, False)


def test_a_worker_alone_does_the_work_of_pages_elsewhere(tmp_path):
    with (
        nodes.tuki("web", env=nodes.environment(tmp_path / "web")) as web,
        nodes.tuki("worker", env=nodes.environment(tmp_path / "worker")),
    ):
        nodes.until(lambda: is_well(web))


def test_while_one_worker_begins_anew_another_takes_mail(tmp_path, desk):
    taking = free_port()
    env = nodes.environment(tmp_path / "node") | {"TUKI_SMTP_LISTEN": f"127.0.0.1:{taking}", "TUKI_DNS": "none"}
    with nodes.tuki("worker", "--workers", "2", env=env) as node:
        nodes.until(lambda: Beat.objects.count() == 2)
        for killed in node.children():
            os.kill(killed, signal.SIGKILL)
            with smtplib.SMTP("127.0.0.1", taking) as sender:
                sender.sendmail("ada@acme.example", [desk.address], "Subject: Help\n\nThe invoice is stuck.\n")
            nodes.until(lambda gone=killed: len(node.children()) == 2 and gone not in node.children())

    assert RawMail.objects.count() == 2


def test_what_several_processes_count_is_told_as_one(tmp_path):
    with nodes.tuki("web", "--processes", "2", env=nodes.environment(tmp_path / "node")) as node:
        for _ in range(20):
            node.ask(path="/healthz")

        def counted():
            lines = node.ask(path="/metrics")[1].decode().splitlines()
            told = [line for line in lines if line.startswith('tuki_request_seconds_count{route="healthz"')]
            return sum(float(line.split()[-1]) for line in told)

        assert counted() >= 20


def test_the_plain_way_serves_the_same_page_and_the_streams_beside_it(tmp_path, ada_person):
    with (
        nodes.tuki("web", env=nodes.environment(tmp_path / "node")) as node,
        nodes.tuki("web", "--plain", env=nodes.environment(tmp_path / "plain")) as plain,
    ):
        cookie = nodes.cookie_of(ada_person)
        page, same = node.ask(path="/static/nothing"), plain.ask(path="/static/nothing")

        assert (page[0].status, page[1]) == (same[0].status, same[1])
        assert plain.ask(path="/live", headers={"Cookie": cookie})[0].status == 204
        beside = nodes.Stream(plain.port + 1, "", f"Cookie: {cookie}")
        assert beside.status == 200
        beside.close()
        assert plain.stop() == 0


def start(env, *arguments):
    """Start what can't start; its code and what it says."""
    ended = subprocess.run(
        [sys.executable, "-m", "tuki", *arguments], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    return ended.returncode, ended.stderr


@pytest.mark.parametrize("door", ["pages", "SMTP", "LMTP"])
def test_an_address_in_use_is_told_in_one_line(tmp_path, door):
    env = nodes.environment(tmp_path / "node")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        if door == "pages":
            code, said = start(env, "serve", "--port", str(port))
        else:
            code, said = start(env | {f"TUKI_{door}_LISTEN": f"127.0.0.1:{port}"}, "worker")

    assert code == 1
    assert said == f"tuki: can't listen on 127.0.0.1:{port}: Address already in use\n"


def test_a_wrong_setting_is_told_in_one_line(tmp_path):
    code, said = start(nodes.environment(tmp_path / "node") | {"TUKI_SMTP_URL": "mail.example"}, "serve")

    assert code == 1
    assert said.startswith("tuki: TUKI_SMTP_URL: ")
    assert said.count("\n") == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is a file, not a server")
def test_a_database_that_is_not_there_is_told_in_one_line(tmp_path):
    nowhere = {"TUKI_DATABASE_URL": f"postgres://tuki@127.0.0.1:{free_port()}/tuki"}
    code, said = start(nodes.environment(tmp_path / "node") | nowhere, "serve")

    assert code == 1
    assert said.startswith("tuki: the database can't be used: ")
    assert said.count("\n") == 1
