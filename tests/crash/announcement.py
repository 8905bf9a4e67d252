"""A text that is published, and what its followers must get of it: some at once, the others in the morning."""

import itertools
from collections.abc import Callable, Iterable

from tests.crash.house import PATIENCE, Died, House, counted
from tests.crash.mails import Mails
from tests.crash.scene import AGENT, TITLE, readers

_numbers = itertools.count(1)


class Announcement(Mails):
    """One that an editor tells followers of, by a line in which it is known.

    followers: how many follow.
    """

    def __init__(self, house: House, followers: int) -> None:
        super().__init__(house)
        self._at_once, self._daily = readers(followers)
        self.marker = f"mark-told{next(_numbers)}"

    def come_about(self, meanwhile: Callable[[], object] = lambda: None, patience: float = PATIENCE) -> None:
        """From the editor's button to the last of the mails that are made in the morning."""
        self.publish()
        self._house.wait_until(lambda: True, meanwhile, patience)
        self.make_it_morning()
        self._house.wait_until(lambda: not self._house.ask(_WAITING), meanwhile, patience)

    def publish(self) -> None:
        ((article,),) = self._house.ask(f"SELECT article_id FROM knowledge_translation WHERE title = '{TITLE}'")
        page = f"/workspace/guide/articles/{article}/en"
        browser = self._house.browsers[AGENT]
        typed = {"title": TITLE, "body": f"<p>We work at night: {self.marker}.</p>", "when": "now", "zone": "UTC"}
        told = {"tells": "on", "line": f"From two to four, {self.marker}."}
        answer = browser.send(f"{page}/publication", {**browser.form(page, "line"), **typed, **told})
        if answer.status != 302:
            raise AssertionError(f"it was answered {answer.status}: {answer.page[-2000:]}")

    def make_it_morning(self) -> None:
        """As if the night were over: whoever waits for the morning is told now."""
        self._house.ask("UPDATE notifications_waiting SET due_at = '2020-01-01 07:00:00'")
        # Rings a moment later than they wait for, whatever a database makes of a moment without its zone.
        self._house.ask(
            "UPDATE jobs_timer SET due_at = '2020-01-03 07:00:00' WHERE kind = 'notifications.send_digests'"
        )

    def made(self) -> int:
        """How many mails there are by now."""
        ((found,),) = self._house.ask(f"SELECT count(*) FROM mail_delivery WHERE id > {self._last_delivery}")
        return int(found)

    def check(self, died: Died | None = None, *, may_come_twice: Iterable[int] = ()) -> None:
        """Each follower has one mail of it, in the way they chose; its editor reads that all have been told."""
        made = self._house.ask(f"SELECT kind, address FROM mail_delivery WHERE id > {self._last_delivery}")
        expected = [("published", one) for one in self._at_once] + [("digest", one) for one in self._daily]
        assert counted(made) == counted(expected)
        self._check_mails([(self.marker, address) for _kind, address in expected], died, may_come_twice)
        assert self._house.ask(_TELLING) == [(len(expected), len(expected), len(self._at_once), len(self._daily), True)]


_WAITING = "SELECT 1 FROM notifications_waiting"  # for a morning
_TELLING = """
    SELECT followers, walked, mails, waiting, ended_at IS NOT NULL FROM notifications_telling
    ORDER BY entry_id DESC LIMIT 1
"""
