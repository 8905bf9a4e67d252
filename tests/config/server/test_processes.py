"""Real processes: who starts, who dies, who is started again, and that nobody stays behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

FAMILY = """
import os, signal, sys, threading, time
sys.path.insert(0, {src!r})
from tuki.config.server.processes import Post, Processes

def say(word):
    os.write(1, f"{{word}} {{os.getpid()}}\\n".encode())  # at once, so that no two lines mix

def work():
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    say("up")
    told.wait()
    say("down")

def deaf():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    say("up")
    time.sleep(60)

{before}
Processes([Post("one", {work}), Post("two", {work})]).run()
say("over")
"""


class Family:
    """A parent with two children, in processes of their own."""

    def __init__(self, work="work", before=""):
        code = FAMILY.format(src=str(Path(__file__).parents[3] / "src"), work=work, before=before)
        self.parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        self.children = [self.next("up"), self.next("up")]

    def next(self, word):
        """The number that comes with the next line, which begins with this word."""
        line = self.parent.stdout.readline().split()
        assert line[:1] == [word]
        return int(line[1])

    def rest(self):
        return sorted(self.parent.stdout.read().split("\n")[:-1])


@pytest.fixture
def family():
    made = []

    def make(**how):
        made.append(Family(**how))
        return made[-1]

    yield make
    for one in made:
        one.parent.kill()
        one.parent.wait()
        one.parent.stdout.close()


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


def test_whoever_dies_is_started_again(family):
    here = family()

    os.kill(here.children[0], signal.SIGKILL)

    assert here.next("up") not in here.children
    assert is_alive(here.children[1])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_all_stop_in_their_own_time_when_the_parent_is_told_to(family, number):
    here = family()

    here.parent.send_signal(number)

    assert here.parent.wait(20) == 0
    assert here.rest() == sorted([f"down {pid}" for pid in here.children] + [f"over {here.parent.pid}"])


def test_when_the_parent_is_killed_the_children_stop_in_their_own_time(family):
    here = family()

    here.parent.kill()

    assert here.rest() == sorted(f"down {pid}" for pid in here.children)  # it ends when nobody can write any more


def test_a_second_signal_ends_those_that_do_not_listen(family):
    here = family(work="deaf")

    here.parent.terminate()
    time.sleep(0.5)
    assert here.parent.poll() is None
    here.parent.terminate()

    assert here.parent.wait(20) == 0
    assert not any(is_alive(pid) for pid in here.children)


def test_no_process_is_forked_beside_a_thread(family):
    with pytest.raises(AssertionError):  # it never comes up
        family(before="threading.Thread(target=time.sleep, args=[1]).start()")
