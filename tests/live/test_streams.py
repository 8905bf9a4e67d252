"""One browser's stream: what is sent, how often, and when it ends."""

import asyncio

import pytest

from tuki.live.streams import MOST_WAITING, Stream


class Browser:
    """The other end of a stream. It may be slow to take what it is sent."""

    def __init__(self):
        self.got = []
        self.takes = asyncio.Event()
        self.takes.set()
        self.leaves = asyncio.Event()

    async def receive(self):
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        await self.takes.wait()
        self.got.append(message)

    def signals(self):
        text = b"".join(message.get("body", b"") for message in self.got).decode()
        return [event.removeprefix("data: ") for event in text.split("\n\n") if "data: " in event]


def streaming(talk):
    """Run a stream and its browser until `talk` is over."""

    async def run():
        stream, browser = Stream(), Browser()
        running = asyncio.create_task(stream.run(browser.receive, browser.send))
        await asyncio.sleep(0)
        await talk(stream, browser)
        stream.end()
        await asyncio.wait_for(running, 20)
        return browser

    return asyncio.run(run())


def test_a_topic_that_changes_often_is_told_at_once_and_then_once_more():
    async def talk(stream, browser):
        for _ in range(20):
            stream.hear("ticket-1")
            await asyncio.sleep(0.01)
        await asyncio.sleep(1.1)

    assert streaming(talk).signals() == ["ticket-1", "ticket-1"]


def test_one_that_changes_often_does_not_hold_up_another():
    async def talk(stream, browser):
        stream.hear("desk")
        await asyncio.sleep(0.05)
        stream.hear("desk")
        stream.hear("ticket-1")
        await asyncio.sleep(0.05)

    assert streaming(talk).signals() == ["desk", "ticket-1"]


def test_a_reader_too_slow_for_all_that_happens_is_told_to_ask_again():
    async def talk(stream, browser):
        browser.takes.clear()
        for number in range(MOST_WAITING + 10):
            stream.hear(f"ticket-{number}")
            await asyncio.sleep(0)
        browser.takes.set()
        await asyncio.sleep(0.05)

    assert streaming(talk).signals()[-1] == "event: again\ndata: all"


def test_when_the_browser_leaves_the_stream_ends():
    async def run():
        stream, browser = Stream(), Browser()
        browser.leaves.set()
        await asyncio.wait_for(stream.run(browser.receive, browser.send), 20)

    asyncio.run(run())


def test_a_silent_stream_is_kept_open_by_comments(monkeypatch):
    monkeypatch.setattr("tuki.live.streams.HEARTBEAT", 0.05)

    async def talk(stream, browser):
        await asyncio.sleep(0.2)

    browser = streaming(talk)
    assert {"type": "http.response.body", "body": b":\n\n", "more_body": True} in browser.got


@pytest.mark.parametrize("silence", [0.05, 60])
def test_a_stream_ends_in_time_for_rights_to_be_asked_anew(monkeypatch, silence):
    monkeypatch.setattr("tuki.live.streams.HEARTBEAT", silence)
    monkeypatch.setattr("tuki.live.streams.LONGEST", 0.2)

    async def run():
        stream, browser = Stream(), Browser()
        await asyncio.wait_for(stream.run(browser.receive, browser.send), 20)
        return browser.got[-1]

    assert asyncio.run(run()) == {"type": "http.response.body"}
