"""What a blueprint says of the desk as a whole."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from tuki.desk.labels import Labels, label


class WhoSubmits(models.TextChoices):
    """Who may ask for help."""

    SEATS = "seats", _("people with a seat")
    MEMBERS = "members", _("people of a customer company")
    ANYONE = "anyone", _("anyone who writes")


class WhoSees(models.TextChoices):
    """Who of a company sees a colleague's ticket, beside its requester and those in copy."""

    NOBODY = "nobody", _("nobody")
    MANAGERS = "managers", _("the company's managers")
    SEATS = "seats", _("everyone with a seat")
    WHERE_ASKED = "where_asked", _("everyone with a seat, where the company asked for it")


class WhoIsCopied(models.TextChoices):
    """Who may be in copy."""

    COMPANY = "company", _("people of the same company")
    COMPANY_SEATS = "company_seats", _("people of the same company with a seat")
    ANYONE = "anyone", _("any address")


class AgentsByMail(models.TextChoices):
    """When a mail that names an agent as its sender speaks for the desk."""

    NEVER = "never", _("never")
    PROVEN = "proven", _("where its domain stands behind it")
    # Who has the address that we made for this agent and this ticket was written to as that agent.
    SIGNED = "signed", _("also where its domain says nothing, but it is an answer to what we wrote to them")


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
    who_sees = models.CharField(max_length=12, choices=WhoSees, default=WhoSees.NOBODY)
    who_is_copied = models.CharField(max_length=16, choices=WhoIsCopied, default=WhoIsCopied.COMPANY)
    # F10: people in copy hear of the ticket from support's first answer on, and not before.
    copies_from_first_answer = models.BooleanField(default=False)
    agents_by_mail = models.CharField(max_length=6, choices=AgentsByMail, default=AgentsByMail.SIGNED)
    # Days after Solved in which a reply reopens; unset: always.
    reopen_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # F7: the acknowledgement of a person's first mail carries a one-time link into the portal.
    invites_writers = models.BooleanField(default=False)
    # Acknowledgements by mail, each hour: to one address, and to all together who never showed that theirs is theirs.
    acknowledgements_each = models.PositiveSmallIntegerField(default=5)
    acknowledgements_to_strangers = models.PositiveSmallIntegerField(default=200)
    severities = models.JSONField(default=list)  # [{"key", "labels", "priority"}], the gravest first
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
