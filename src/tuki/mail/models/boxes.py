"""Where mail comes in: the desk's addresses, and the accounts from which it is fetched."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tuki.desk.labels import Labels, label
from tuki.people.models import Team


class Mailbox(models.Model):
    """An address of the desk's at which mail comes in."""

    address = models.EmailField(unique=True)  # lower case
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    language = models.CharField(max_length=8, blank=True)  # of whoever first writes to it; empty: the desk's
    labels: models.Field[Labels, Labels] = models.JSONField(default=dict)  # the name that answers from it carry
    # Under the mails of tickets that came in by it, per language, where their team has none.
    signatures: models.Field[Labels, Labels] = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "address"]

    def __str__(self) -> str:
        return self.address

    @property
    def name(self) -> str:
        return label(self.labels)


class Security(models.TextChoices):
    """How a conversation with a mail server is kept from others."""

    TLS = "tls", _("TLS")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("none")  # within this machine only


class SignIn(models.TextChoices):
    """By what a mail server knows us."""

    PASSWORD = "password", _("password")
    XOAUTH2 = "xoauth2", _("OAuth 2")


class Afterwards(models.TextChoices):
    """What is done on its server with a mail that we have."""

    LEAVE = "leave", _("leave as it is")
    MARK = "mark", _("mark as read")
    MOVE = "move", _("move to a folder")


class Trouble(models.TextChoices):
    """Why a source can't be fetched from."""

    NO_HOST = "no_host", _("There is no server of this name.")
    CLOSED = "closed", _("Nobody answers there: the server is down, or host or port are wrong.")
    SILENT = "silent", _("The server does not answer in time.")
    NO_IMAP = "no_imap", _("What answers at this port does not speak IMAP.")
    TLS = "tls", _("The connection can't be secured.")
    TOKEN = "token", _("The address for OAuth 2 does not give us the right to sign in.")
    SIGN_IN = "sign_in", _("The server does not accept the user or the password.")
    FOLDER = "folder", _("The server has no such folder.")
    SECRET = "secret", _("What was entered to sign in can no longer be read: enter it again.")
    LOST = "lost", _("The connection broke off.")
    SERVER = "server", _("The server does not do what it is asked for.")
    AFTERWARDS = "afterwards", _("Mails that were fetched can't be marked or moved there.")
    OURSELVES = "ourselves", _("Tuki itself can't keep mail at the moment.")


class Source(models.Model):
    """An account on another mail server from which mail is fetched."""

    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    user = models.CharField(max_length=320)
    sign_in = models.CharField(max_length=8, choices=SignIn, default=SignIn.PASSWORD)
    secret = models.TextField(blank=True)  # the password or the refresh token, sealed
    # Of OAuth 2: where, and as whom, a refresh token is changed for one that signs in.
    token_url = models.URLField(max_length=500, blank=True)
    client_id = models.CharField(max_length=300, blank=True)
    client_secret = models.TextField(blank=True)  # sealed
    folder = models.CharField(max_length=200, default="INBOX")
    afterwards = models.CharField(max_length=5, choices=Afterwards, default=Afterwards.LEAVE)
    move_to = models.CharField(max_length=200, blank=True)
    # Whose mail it is where it names none of the desk's addresses.
    mailbox = models.ForeignKey(Mailbox, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    # What lay there and had come before is none of ours. Unset: all is.
    begins_at = models.DateTimeField(null=True, blank=True)
    enabled = models.BooleanField(default=True)
    # Removed. The row stays, since mails of the ledger go on naming it; its secrets don't.
    retired = models.BooleanField(default=False)

    # A UID names a mail for as long as UIDVALIDITY stays. How often that, or the account, has changed: the era.
    uid_validity = models.BigIntegerField(null=True, blank=True)
    era = models.PositiveIntegerField(default=0)
    old_below = models.BigIntegerField(default=0)  # the first UID that was not there when the era began
    last_uid = models.BigIntegerField(default=0)  # up to here the ledger has all

    fetched_at = models.DateTimeField(null=True, blank=True)  # when all that was there was last known to be here
    trouble = models.CharField(max_length=10, choices=Trouble, blank=True)
    last_error = models.TextField(blank=True)  # what the other side said of it, in its own words
    failing_since = models.DateTimeField(null=True, blank=True)
    wanted_at = models.DateTimeField(null=True, blank=True)  # when somebody last asked for a look at once
    changed_at = models.DateTimeField(default=timezone.now)  # whoever fetches by older settings begins anew

    # Who fetches. With `turn`, which counts claims, it is the fence: whoever was taken for dead holds an old count.
    worker = models.CharField(max_length=64, blank=True)
    turn = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["host", "user", "folder", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["host", "user", "folder"], condition=Q(retired=False), name="one_source_per_folder"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.host}"

    @property
    def error(self) -> str:
        """What is wrong, for whoever looks: our words in their language, and the other side's. Empty: nothing is."""
        return said(self.trouble, self.last_error)


def said(trouble: str, words: str) -> str:
    """A trouble in the reader's language, with what the other side said of it."""
    if not trouble:
        return ""
    return f"{Trouble(trouble).label} ({words})" if words else str(Trouble(trouble).label)
