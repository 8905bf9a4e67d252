"""An open page's ear."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator

import pytest

from tuki.live.hub import Hub
from tuki.live.signals import tell

LAST = "ticket-999999999"


class Ear:
    def __init__(self):
        self.heard = []
        self.listening = threading.Event()
        self.over = threading.Event()

    def hear(self, topic):
        if topic == LAST:
            self.over.set()
        else:
            self.heard.append(topic)

    def missed(self):
        self.listening.set()


@pytest.fixture
def heard(transactional_db) -> Iterator[Callable[[Iterable[str], Callable[[], object]], list[str]]]:
    """What a page that listens to these topics hears while something is done."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    hub, ear = Hub(), Ear()
    topics = set()

    def listen(wanted):
        topics.update(wanted, [LAST])
        hub.add(ear, topics)
        hub.start()

    def hear(wanted, do):
        loop.call_soon_threadsafe(listen, wanted)
        assert ear.listening.wait(20)
        do()
        tell(LAST)
        assert ear.over.wait(20)
        return ear.heard

    yield hear
    asyncio.run_coroutine_threadsafe(hub.stop(), loop).result(20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(20)
    loop.close()
