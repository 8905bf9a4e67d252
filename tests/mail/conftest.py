"""A second mail server, and mails for it."""

import socket
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.ports import free_port
from tuki.config.environment import Smtp
from tuki.jobs.worker import run_ready
from tuki.journal.models import Via
from tuki.mail import actions
from tuki.mail.models import Delivery
from tuki.mail.sending import smtp
from tuki.people.actor import Actor


class MailServer:
    """A real mail server.

    What it says to a recipient can be set: a code with words, the same "after data", or "hang up" once it has the mail.
    """

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, bytes]] = []  # sender, recipient, mail
        self.says: dict[str, str] = {}
        self.connections = 0
        self.port = free_port()
        self._controller: Controller | None = None
        self.start()

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, server_hostname="test")
        self._controller.start()
        self.connections = 0

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = self.says.get(address, "")
        if said[:1] in {"4", "5"}:
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        recipient = envelope.rcpt_tos[0]
        said = self.says.get(recipient, "")
        if said == "hang up":
            assert server.transport is not None
            server.transport.close()
            return "421 never read"
        if said.startswith("after data "):
            return said.removeprefix("after data ")
        assert envelope.original_content is not None
        self.taken.append((str(envelope.mail_from), recipient, envelope.original_content))
        return "250 2.0.0 taken as 17"

    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=default) for _, _, raw in self.taken]

    def counted(self) -> Counter[str]:
        """How often each mail came, by its Message-ID."""
        return Counter(str(mail["Message-ID"]) for mail in self.mails())


@pytest.fixture
def mail_server(settings) -> Iterator[MailServer]:
    server = MailServer()
    settings.SMTP = Smtp("127.0.0.1", server.port)
    forget_the_last_server()
    yield server
    forget_the_last_server()
    server.stop()


def forget_the_last_server() -> None:
    smtp.hang_up()
    smtp._server.dead_until = 0.0


@pytest.fixture
def post(desk) -> Callable[..., Delivery]:
    """Make a delivery: post("ada@acme.example", subject=…)."""

    def make(address: str = "ada@acme.example", **fields: object) -> Delivery:
        wanted = {"kind": "answer", "subject": "The invoice is stuck", "text": "It moves now.\n", **fields}
        wanted.setdefault("by", Actor(None, Via.RULE))
        made = actions.post(address=address, **wanted)
        assert made is not None
        return made

    return make


@pytest.fixture
def sent(post) -> Callable[..., Delivery]:
    """Make a delivery and do the work that waits."""

    def send(address: str = "ada@acme.example", **fields: object) -> Delivery:
        made = post(address, **fields)
        run_ready()
        made.refresh_from_db()
        return made

    return send


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port at which nobody answers."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
