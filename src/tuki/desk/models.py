"""What a blueprint says of the desk as a whole."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from tuki.desk.labels import Labels, label


class WhoSubmits(models.TextChoices):
    """Who may ask for help."""

    SEATS = "seats", _("people with the right to use support")
    MEMBERS = "members", _("people of a customer company")
    ANYONE = "anyone", _("anyone who writes")


class WhoSees(models.TextChoices):
    """Who of a company sees a colleague's ticket, beside its requester and those in copy. Companies may differ."""

    NOBODY = "nobody", _("nobody")
    MANAGERS = "managers", _("the company's managers")
    SEATS = "seats", _("everyone with the right to use support")
    EVERYONE = "everyone", _("everyone of the company")


class WhoGivesSeats(models.TextChoices):
    """Who decides who of a company may use support."""

    SUPPORT = "support", _("support")
    COMPANY = "company", _("the company's managers, up to the number of its package")
    NOBODY = "nobody", _("nobody: no right is needed to use support")


class WhoIsCopied(models.TextChoices):
    """Who may be in copy."""

    COMPANY = "company", _("people of the same company")
    COMPANY_SEATS = "company_seats", _("people of the same company with the right to use support")
    ANYONE = "anyone", _("any address")


class AgentsByMail(models.TextChoices):
    """When a mail that names an agent as its sender speaks for the desk."""

    NEVER = "never", _("never")
    PROVEN = "proven", _("where its domain stands behind it")
    # Who has the address that we made for this agent and this ticket was written to as that agent.
    SIGNED = "signed", _("also where its domain says nothing, but it is an answer to what we wrote to them")


class TwoStepFor(models.TextChoices):
    """Roles of people, of which a desk may ask a second factor when they sign in."""

    CUSTOMER = "customer", _("customers")
    AGENT = "agent", _("agents")
    ADMINISTRATOR = "administrator", _("administrators")


class NewsPlace(models.TextChoices):
    """Where the help center's first page shows what was announced last."""

    ABOVE = "above", _("above the categories")
    BESIDE = "beside", _("beside the categories")
    NOWHERE = "nowhere", _("nowhere")


class Desk(models.Model):
    """The one desk that this installation is."""

    key = models.SlugField()
    name = models.CharField(max_length=100)
    languages = models.JSONField(default=list)  # codes, the first is the fallback
    time_zone = models.CharField(max_length=64, default="Europe/Helsinki")
    accent = models.CharField(max_length=7, default="#2f5d50")  # colour of links and buttons, #rrggbb
    address = models.EmailField()  # where answers come from
    subject_tag = models.CharField(max_length=40, blank=True)  # "Festum" for [Festum #12]; empty for none
    who_submits = models.CharField(max_length=8, choices=WhoSubmits, default=WhoSubmits.SEATS)
    # By mail, where that differs; empty: as by every channel.
    who_submits_by_mail = models.CharField(max_length=8, choices=WhoSubmits, blank=True)
    who_sees = models.CharField(max_length=12, choices=WhoSees, default=WhoSees.NOBODY)
    colleagues_take_part = models.BooleanField(default=True)  # who sees a colleague's ticket may also answer on it
    who_gives_seats = models.CharField(max_length=7, choices=WhoGivesSeats, default=WhoGivesSeats.SUPPORT)
    seat_labels = models.JSONField(default=dict)  # the desk's own name of a seat, per language; empty: "seat"
    # A5: what stands before the @ of a mailbox that several people read: nobody's seat.
    shared_mailboxes = models.JSONField(default=list)
    who_is_copied = models.CharField(max_length=16, choices=WhoIsCopied, default=WhoIsCopied.COMPANY)
    # F10: people in copy hear of the ticket from support's first answer on, and not before.
    copies_from_first_answer = models.BooleanField(default=False)
    agents_by_mail = models.CharField(max_length=6, choices=AgentsByMail, default=AgentsByMail.SIGNED)
    # Days after Solved in which a reply reopens; unset: always.
    reopen_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # F7: the acknowledgement of a person's first mail carries a one-time link into the portal.
    invites_writers = models.BooleanField(default=False)
    # H5: whoever likes gets an account to follow and to read with, without a company or a right.
    readers_sign_up = models.BooleanField(default=False)
    # Roles that sign in with a second factor: without one they get no further than to setting one up.
    two_step_for = models.JSONField(default=list, blank=True)  # [TwoStepFor]
    # Acknowledgements by mail, each hour: to one address, and to all together who never showed that theirs is theirs.
    acknowledgements_each = models.PositiveSmallIntegerField(default=5)
    acknowledgements_to_strangers = models.PositiveSmallIntegerField(default=200)
    news_place = models.CharField(max_length=7, choices=NewsPlace, default=NewsPlace.BESIDE)
    shows_authors = models.BooleanField(default=False)  # beside an article, its author's name
    offers_sharing = models.BooleanField(default=True)  # beside an article, its address to copy and to share
    severities = models.JSONField(default=list)  # [{"key", "labels", "hints", "priority"}], the gravest first
    priorities = models.JSONField(default=list)  # [{"value", "labels"}], 1 is the most urgent
    how_to_get_access = models.JSONField(default=dict)  # per language
    privacy_notice = models.JSONField(default=dict)  # per language, plain text
    accessibility_statement = models.JSONField(default=dict)  # per language, plain text

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if not self.languages:
            raise ValidationError(_("A desk speaks at least one language."))

    @property
    def language(self) -> str:
        return str(self.languages[0])

    @property
    def has_seats(self) -> bool:
        """Whether anybody here is given the right to use support; elsewhere no page speaks of it."""
        return self.who_gives_seats != WhoGivesSeats.NOBODY

    @property
    def seat_name(self) -> str:
        """What this desk calls a seat: "service account", "pääkäyttäjäoikeus"."""
        return label(self.seat_labels) or str(_("seat"))

    def severity_label(self, key: str) -> str:
        return next((label(row["labels"]) for row in self.severities if row["key"] == key), key)

    def priority_label(self, value: int | None) -> str:
        return next((label(row["labels"]) for row in self.priorities if row["value"] == value), "")


class Product(models.Model):
    """Something the vendor sells and supports."""

    key = models.SlugField(unique=True)
    labels: models.Field[Labels, Labels] = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)
    retired = models.BooleanField(default=False)  # kept for old tickets, no longer offered

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return label(self.labels)


class Module(models.Model):
    """A part of a product."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="modules")
    key = models.SlugField()
    labels: models.Field[Labels, Labels] = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "key"]
        constraints = [models.UniqueConstraint(fields=["product", "key"], name="one_module_key_per_product")]

    def __str__(self) -> str:
        return label(self.labels)
