"""Twenty messages at once, by every way in, and what must have come of each in the end."""

import itertools
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, localtime, make_msgid
from functools import cached_property

from tests.crash import clients
from tests.crash.house import MARKER, PATIENCE, Died, House, counted
from tests.crash.mails import Mails, newest
from tests.crash.scene import AGENT, CUSTOMERS

DESK = "support@festum.example"
_numbers = itertools.count(1)
_IN_LETTERS = str.maketrans("0123456789", "abcdefghij")


@dataclass
class Message:
    """What somebody says.

    way: "form" (the portal's), "mail" or "answer" (an agent's). on: the number of the ticket, or None for a new one.
    told: what its writer was told when it had been accepted. form: as it was filled in, for whoever sends it again.
    """

    marker: str
    writer: str
    way: str
    on: int | None = None
    files: list[tuple[str, bytes]] = field(default_factory=list)
    told: str = ""
    form: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return f"It is stuck again: {self._in_letters}.\n\n{self.marker} as we call it."

    @property
    def subject(self) -> str:
        return f"Stuck: {self.marker}, {self._in_letters}"

    @property
    def _in_letters(self) -> str:
        """What tells it from others without numbers: whoever says the same but for those is a machine."""
        return self.marker.partition("-")[2].translate(_IN_LETTERS)

    @property
    def page(self) -> str:
        """Where its form stands."""
        if self.way == "answer":
            return f"/workspace/tickets/{self.on}"
        return f"/hc/en/requests/{self.on or 'new'}"

    @property
    def address(self) -> str:
        """Where its form goes to."""
        if self.way == "answer":
            return f"{self.page}/messages"
        return f"{self.page}/replies" if self.on else self.page

    @cached_property
    def mail(self) -> EmailMessage:
        """As a mail program writes it: the same mail however often it is sent."""
        mail = EmailMessage()
        mail["From"], mail["To"] = self.writer, DESK
        mail["Subject"] = f"Re: [Festum #{self.on}] It" if self.on else self.subject
        mail["Message-ID"], mail["Date"] = make_msgid(self.marker, "acme.example"), format_datetime(localtime())
        mail.set_content(self.words)
        for name, content in self.files:
            mail.add_attachment(content, "application", "octet-stream", filename=name)
        return mail


@dataclass(frozen=True)
class NotAccepted:
    """A message that its writer was told is not accepted, and in which words."""

    message: Message
    status: int
    page: str = ""


class Batch(Mails):
    """Messages of a whole morning, sent within a second.

    ways: those by which they come.
    """

    def __init__(self, house: House, ways: Collection[str] = ("form", "mail", "answer")) -> None:
        super().__init__(house)
        self._last_message = newest(house, "tickets_message")
        self._last_mail = newest(house, "mail_rawmail")
        self._sending: list[Future[None]] = []
        self._name = f"mark-{next(_numbers)}"
        self.messages = [message for message in self._written() if message.way in ways]

    def _written(self) -> list[Message]:
        own = dict(self._house.ask(_BASE.format(subject="The customer''s")))
        agents = dict(self._house.ask(_BASE.format(subject="The agent''s")))
        messages = [Message(f"{self._name}-stranger", f"{self._name}@elsewhere.example", "mail")]
        for who, writer in enumerate(CUSTOMERS):
            name = f"{self._name}-{who}"
            files = [("a.txt", f"{name} a".encode() * 50), ("ä b.bin", bytes(range(256)) * 200)]
            messages += [
                Message(f"{name}-form", writer, "form", files=files[:who]),
                Message(f"{name}-reply", writer, "form", on=own[writer]),
                Message(f"{name}-mail", writer, "mail", files=files[:who]),
                Message(f"{name}-mailreply", writer, "mail", on=own[writer]),
                Message(f"{name}-answer", AGENT, "answer", on=agents[writer]),
            ]
        # Too large for a row: it is a file before it is in the ledger.
        messages.append(Message(f"{self._name}-large", CUSTOMERS[0], "mail", files=[("big.bin", b"big" * 400_000)]))
        return messages

    def send(self) -> None:
        """Have all clients begin; none of them gives up."""
        self._at_once(self._send)

    def _send(self, message: Message) -> None:
        if message.way == "mail":
            self._house.hand_in(message.mail)
            message.told = "250"
            return
        self._fill_in(message)
        browser = self._house.browsers[message.writer]
        answer = browser.send(message.address, message.form, message.files)
        if answer.status != 302:
            raise AssertionError(f"{message.marker} was answered {answer.status}: {answer.page[-2000:]}")
        message.told = answer.location

    def _fill_in(self, message: Message) -> None:
        """A form that was filled in already is sent as it stands."""
        if not message.form:
            known_by = "subject" if message.on is None else "body"
            unseen = self._house.browsers[message.writer].form(message.page, known_by)
            typed = {"subject": message.subject, "severity": "hinders"} if message.on is None else {}
            message.form = {**unseen, **typed, "body": message.words}

    def _at_once(self, send: Callable[[Message], None]) -> None:
        """Each browser sends one message after the other, each mail comes by a connection of its own."""
        pool = ThreadPoolExecutor(20)
        for writer in self._house.browsers:
            own = [one for one in self.messages if one.writer == writer and one.way != "mail" and not one.told]
            self._sending.append(pool.submit(_each, send, own))
        for message in self.messages:
            if message.way == "mail" and not message.told:
                self._sending.append(pool.submit(send, message))
        pool.shutdown(wait=False)

    def fill_in(self) -> None:
        """Open all forms and write them, but send none."""
        for message in self.messages:
            if message.way != "mail":
                self._fill_in(message)

    def offer(self) -> list[NotAccepted]:
        """Send each message once; those that were not accepted."""
        found: list[NotAccepted] = []

        def offer(message: Message) -> None:
            if message.way == "mail":
                code = clients.offer(self._house.smtp_port, message.mail)
                if code == 250:
                    message.told = "250"
                else:
                    found.append(NotAccepted(message, code))
                return
            browser = self._house.browsers[message.writer]
            answer = browser.send(message.address, message.form, message.files, again=False)
            if answer.status == 302:
                message.told = answer.location
            else:
                found.append(NotAccepted(message, answer.status, answer.page))

        self._at_once(offer)
        for one in self._sending:
            one.result(PATIENCE)
        return found

    def wait(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Until everybody has their answer and all work is done. meanwhile: called again and again."""
        self._house.wait_until(lambda: all(one.done() for one in self._sending), meanwhile)
        for one in self._sending:
            one.result()

    def come_about(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """From its first word until all work is done."""
        self.send()
        self.wait(meanwhile)

    def answered(self) -> int:
        """How many were told that they are accepted."""
        return sum(1 for one in self.messages if one.told)

    def check(self, died: Died | None = None, *, may_come_twice: Iterable[int] = ()) -> None:
        """Each message is there once, as its writer was told; each mail was sent, once, and none but those.

        may_come_twice: deliveries of which nobody can know whether they had left.
        """
        self._check_messages()
        self._check_files()
        self._check_ledger()
        self._check_mails(self.expected(), died, may_come_twice)

    def markers(self) -> list[str]:
        """Of the messages that are there."""
        rows = self._house.ask(_MESSAGES.format(newer=self._last_message))
        return [MARKER.findall(html)[0] for _pk, html, _subject, _number, _email in rows]

    def _check_messages(self) -> None:
        rows = self._house.ask(_MESSAGES.format(newer=self._last_message))
        found = self.markers()
        assert counted(found) == counted(one.marker for one in self.messages)
        by_marker = dict(zip(found, rows, strict=True))
        for message in self.messages:
            pk, _html, subject, number, author = by_marker[message.marker]
            assert author == message.writer
            assert number == message.on if message.on else subject == message.subject
            if message.way == "form":
                expected = f"#message-{pk}" if message.on else f"/hc/en/requests/{number}/sent"
                assert message.told.endswith(expected), message
        numbers = [number for (number,) in self._house.ask("SELECT number FROM tickets_ticket ORDER BY number")]
        assert numbers == list(range(1, len(numbers) + 1))
        silent = "SELECT id FROM tickets_ticket WHERE id NOT IN (SELECT ticket_id FROM tickets_message)"
        assert self._house.ask(silent) == []

    def _check_files(self) -> None:
        rows = self._house.ask(_FILES.format(newer=self._last_message))
        kept = {(MARKER.findall(html)[0], name): (self._house.data / "files" / path) for html, name, path in rows}
        sent = {(one.marker, name): content for one in self.messages for name, content in one.files}
        assert len(rows) == len(sent)
        assert {key: path.read_bytes() for key, path in kept.items()} == sent

    def _check_ledger(self) -> None:
        rows = self._house.ask(f"SELECT outcome, path FROM mail_rawmail WHERE id > {self._last_mail}")
        outcomes = counted(outcome for outcome, _path in rows if outcome != "ignored")  # the same mail once more
        by_mail = [one for one in self.messages if one.way == "mail"]
        assert outcomes == counted("reply" if one.on else "ticket" for one in by_mail)
        assert all((self._house.data / "mail" / path).exists() for _outcome, path in rows if path)

    def expected(self) -> list[tuple[str, str]]:
        """Who must get a mail about which message: the writer of a new one, else the other side."""
        agents = {number: who for who, number in self._house.ask(_BASE.format(subject="The agent''s"))}
        return [
            (one.marker, one.writer if one.on is None else agents[one.on] if one.way == "answer" else AGENT)
            for one in self.messages
        ]


def _each(send: Callable[[Message], None], messages: list[Message]) -> None:
    for message in messages:
        send(message)


_BASE = """
    SELECT people_person.email, tickets_ticket.number FROM tickets_ticket
    JOIN people_person ON people_person.id = tickets_ticket.requester_id WHERE subject = '{subject}'
"""
_MESSAGES = """
    SELECT tickets_message.id, html, subject, number, people_person.email FROM tickets_message
    JOIN tickets_ticket ON tickets_ticket.id = tickets_message.ticket_id
    JOIN people_person ON people_person.id = tickets_message.author_id
    WHERE tickets_message.id > {newer} ORDER BY tickets_message.id
"""
_FILES = """
    SELECT html, files_file.name, files_file.path FROM tickets_attachment
    JOIN tickets_message ON tickets_message.id = tickets_attachment.message_id
    JOIN files_file ON files_file.id = tickets_attachment.file_id WHERE tickets_message.id > {newer}
"""
