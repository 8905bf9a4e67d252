"""Mail to others in the last weeks: written as it would have been, and what became of each.

Most arrived. A few were late; one was too large for its reader's server; one reader has left their company, so that
nothing arrives there any more; and one called our mail spam.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from tuki.jobs.models import Job
from tuki.journal.models import Entry
from tuki.journal.via import Via
from tuki.mail import actions as mails
from tuki.mail.harm import Harm
from tuki.mail.models import LOST, Delivery
from tuki.mail.sending.smtp import Answer, Verdict
from tuki.notifications import actions as notifications
from tuki.notifications import jobs
from tuki.notifications.letter import Letter
from tuki.notifications.letters import letters_about
from tuki.people.actor import Actor
from tuki.people.queries import system
from tuki.tickets.models import Message

# Mails that are older tell nobody anything, and each takes a moment to write.
_SINCE = timedelta(days=30)
_GREYLISTED = Answer(Verdict.LATER, "451 4.7.1 Greylisted, please try again in 5 minutes")
_BUSY = Answer(Verdict.LATER, "452 4.3.1 Insufficient system resources, try again later")
_TOO_LARGE = Answer(Verdict.NEVER, "552 5.3.4 Message size exceeds the limit of this mailbox")
_NOBODY_THERE = "550 5.1.1 The e-mail account that you tried to reach does not exist"
_EVERY = 17  # mail is told to wait a little


@dataclass(frozen=True)
class _Written:
    """A letter, and the entry of the journal that it tells of."""

    letter: Letter
    entry: Entry

    @property
    def reader(self) -> int:
        return self.letter.person.pk if self.letter.person else 0


def fill(now: datetime, spared: Collection[str]) -> None:
    """Have written to everybody what the jobs that wait ask for, and told in the journal how it went.

    In the transaction that fills the desk, whose jobs go: so each mail is settled here. spared: addresses to which all
    mail arrives, since somebody signs in with them to look around.
    """
    letters = list(_letters(now))
    fates = _fates([one for one in letters if one.letter.address not in spared])
    for n, one in enumerate(letters):
        by = Actor(system(), Via.RULE, one.entry.at)
        mail = notifications.hand_over(one.letter, entry=one.entry.pk, by=by)
        if mail is not None and not mail.is_over:
            fates.settle(n, mail, one)
        elif mail is not None and mail.state in LOST:  # held back; whoever wrote it saw that, and took up the phone
            _see_to(mail, mail.made_at + timedelta(minutes=4))


def _letters(now: datetime) -> Iterable[_Written]:
    """Those of the last weeks, in the order in which what they tell of happened."""
    asked = Job.objects.filter(kind=jobs.tell.name).order_by("pk").values_list("args__entry", flat=True)
    for entry in Entry.objects.filter(pk__in=list(asked), at__gte=now - _SINCE).order_by("at", "pk"):
        for letter in letters_about(entry):
            yield _Written(letter, entry)


@dataclass(frozen=True)
class _Fates:
    """The letters that something special happens to."""

    comes_back: _Written | None
    is_spam: _Written | None
    is_too_large: _Written | None
    is_late: _Written | None

    def settle(self, n: int, mail: Delivery, one: _Written) -> None:
        at, taken = mail.due_at + timedelta(seconds=3), Answer(Verdict.TAKEN, f"250 2.0.0 Ok: queued as {mail.pk:08X}")
        if one is self.is_too_large:
            _try(mail, _TOO_LARGE, at)
            _see_to(mail, at + timedelta(minutes=35))
            return
        if one is self.is_late:
            for minutes in (0, 1, 3, 10, 30, 70, 130):
                _try(mail, _BUSY, at + timedelta(minutes=minutes))
            at += timedelta(minutes=190)
        elif n % _EVERY == _EVERY - 1:
            for minutes in (0, 1, 3):
                _try(mail, _GREYLISTED, at + timedelta(minutes=minutes))
            at += timedelta(minutes=7)
        _try(mail, taken, at)
        if one is self.comes_back:
            mails.bounced(mail, _NOBODY_THERE, harm=Harm.ADDRESS, by=_reported(at + timedelta(seconds=40)))
        if one is self.is_spam:
            mails.complained(mail, by=_reported(at + timedelta(hours=2)))


def _fates(letters: list[_Written]) -> _Fates:
    """Who gets them is chosen so that something was to be written to them once more, and they say nothing after that.

    letters: those that anything may happen to.
    """
    last_said = dict(Message.objects.order_by("sent_at").values_list("author", "sent_at"))
    told = defaultdict(list)
    for one in letters:
        person = one.letter.person
        if person is not None and not person.is_agent and one.letter.ticket is not None:
            told[person.pk].append(one)

    def best(fit: Callable[[_Written], bool], but: _Written | None = None) -> _Written | None:
        """The last such letter with another after it, best one that fits too."""
        ranked = [
            (sum(fit(later) for later in theirs[n + 1 :]) > 0, n + 1 < len(theirs), one.entry.at, reader, one)
            for reader, theirs in told.items()
            for n, one in enumerate(theirs)
            if fit(one) and (but is None or reader != but.reader)
        ]
        return max(ranked, key=itemgetter(0, 1, 2, 3))[-1] if ranked else None

    def is_last_word(one: _Written) -> bool:
        return one.letter.author_id is not None and last_said.get(one.reader, one.entry.at) <= one.entry.at

    comes_back = best(is_last_word)
    is_spam = best(lambda one: one.letter.author_id is None, but=comes_back)
    rest = [one for one in letters if one.letter.author_id and comes_back and one.reader != comes_back.reader]
    return _Fates(comes_back, is_spam, *(rest[len(rest) * n // 3] if rest else None for n in (1, 2)))


def _try(mail: Delivery, answer: Answer, at: datetime) -> None:
    mails.tried(mail, answer, by=Actor(None, Via.RULE, at))
    mail.refresh_from_db()


def _see_to(mail: Delivery, at: datetime) -> None:
    mails.see_to(mail, by=Actor(mail.author, Via.WEB, at))


def _reported(at: datetime) -> Actor:
    """By the machine that the mail came to."""
    return Actor(None, Via.EMAIL, at)
