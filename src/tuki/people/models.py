"""Who there is."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tuki.desk.labels import Labels, label
from tuki.desk.models import WhoSees


class Role(models.TextChoices):
    """What a person is to the desk."""

    CUSTOMER = "customer", _("customer")
    AGENT = "agent", _("agent")
    ADMINISTRATOR = "administrator", _("administrator")  # an agent who also sets the desk up
    SYSTEM = "system", _("system")  # the desk itself; nobody signs in as it


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    """Somebody who writes to the desk or works at it. Has an account once there is a password or another sign-in.

    Further addresses are allauth's EmailAddress rows; `email` is the one we write to.
    """

    email = models.EmailField(_("e-mail address"), unique=True)  # lower case
    name = models.CharField(_("name"), max_length=120, blank=True)
    # Folded for finding words in it: SQLite's own comparison knows only ASCII.
    folded_name = models.CharField(max_length=240, blank=True, editable=False)
    display_name = models.CharField(_("name shown to customers"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Helsinki")
    phones = models.JSONField(_("phones"), default=list, blank=True)  # [number]
    role = models.CharField(max_length=13, choices=Role, default=Role.CUSTOMER)
    is_active = models.BooleanField(default=True)
    hears_of_assignments = models.BooleanField(_("Mail me when a request is assigned to me"), default=True)
    hears_of_replies = models.BooleanField(_("Mail me when a customer replies on my requests"), default=True)
    # A duplicate that was merged points to who it was found to be.
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = PersonManager()

    class Meta:
        # One for each list of setup, by name.
        indexes = [
            models.Index(fields=["role", "name", "id"], name="person_role"),
            models.Index(fields=["name", "id"], name="person_name"),
            models.Index(fields=["name", "id"], condition=models.Q(is_active=False), name="person_closed"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_agent(self) -> bool:
        return self.role in {Role.AGENT, Role.ADMINISTRATOR}

    @property
    def is_system(self) -> bool:
        return self.role == Role.SYSTEM

    @property
    def shown_name(self) -> str:
        """As customers read it."""
        return self.display_name or self.name or self.email.split("@")[0]


class Package(models.Model):
    """The seats, promises and channels that an organization has bought."""

    key = models.SlugField(unique=True)
    labels: models.Field[Labels, Labels] = models.JSONField(default=dict)
    seats = models.PositiveSmallIntegerField(null=True, blank=True)  # unset: as many as are asked for
    note = models.TextField(blank=True)  # for agents
    position = models.PositiveSmallIntegerField(default=0)
    retired = models.BooleanField(default=False)  # kept for companies that have it, no longer offered

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return label(self.labels)


class Organization(models.Model):
    """A customer company."""

    name = models.CharField(max_length=200)
    folded_name = models.CharField(max_length=400, blank=True, editable=False)  # as a person's
    code = models.CharField(max_length=64, blank=True)  # the vendor's own customer number
    note = models.TextField(blank=True)  # for agents
    # What the company asked for (H11); empty: as the desk has it.
    who_sees = models.CharField(max_length=12, choices=WhoSees, blank=True)
    colleagues_take_part = models.BooleanField(null=True, blank=True)
    # Who signed for the company, and names the others (A3); and who of ours answers for what it buys.
    main_contact = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    account_manager = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["name"]
        indexes = [
            models.Index(fields=["name", "id"], name="organization_name"),
            models.Index(fields=["package", "name", "id"], name="organization_package"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~models.Q(code=""), name="one_organization_per_code")
        ]

    def __str__(self) -> str:
        return self.name


class Domain(models.Model):
    """A mail domain whose new people belong to an organization."""

    name = models.CharField(max_length=253, unique=True)  # lower case
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="domains")

    def __str__(self) -> str:
        return self.name


class MembershipRole(models.TextChoices):
    """What a person is to their company, as far as support goes."""

    MEMBER = "member", _("member")
    MANAGER = "manager", _("manager")  # the company's own administrator


class Membership(models.Model):
    """A person's place in an organization. It is suspended, never deleted: who had which right, and when, is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=7, choices=MembershipRole, default=MembershipRole.MEMBER)
    # Since when it gives no right, and keeps the company's tickets from the person.
    suspended_at = models.DateTimeField(null=True, blank=True)
    # Somebody was invited: it gives no right, and shows no name of theirs, before they accept.
    pending = models.BooleanField(default=False)
    # As whoever invited them named and addressed them: all that the company is shown before they come.
    called = models.CharField(max_length=120, blank=True)
    asked_at = models.EmailField(blank=True)

    class Meta:
        ordering = ["pk"]  # the first is the person's default organization
        constraints = [models.UniqueConstraint(fields=["person", "organization"], name="one_membership_each")]

    def __str__(self) -> str:
        return f"{self.person} at {self.organization}"

    @property
    def shown_name(self) -> str:
        """As colleagues and support read it."""
        return (self.called or self.shown_address) if self.pending else str(self.person)

    @property
    def shown_address(self) -> str:
        """Of somebody invited the one that was written to: whoever it leads to may have others."""
        return (self.asked_at or self.person.email) if self.pending else self.person.email

    @property
    def seat(self) -> Seat | None:
        """The seat held now, of `seats` as they are at hand."""
        now = timezone.now()
        return next((seat for seat in self.seats.all() if seat.is_held(now)), None)


class Seat(models.Model):
    """The right of a membership to use support, from when it was given until it ended. What ended is kept."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="seats")
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)  # it ends then by itself
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership"], condition=models.Q(ended_at=None), name="one_seat_at_a_time_each"
            )
        ]

    def __str__(self) -> str:
        return f"seat of {self.membership}"

    def is_held(self, at: datetime) -> bool:
        """Its time ends it, not the timer that comes by later to write that down."""
        return self.ended_at is None and (self.until is None or self.until > at)


class Team(models.Model):
    """Agents with a queue."""

    key = models.SlugField(unique=True)
    labels: models.Field[Labels, Labels] = models.JSONField(default=dict)
    signatures: models.Field[Labels, Labels] = models.JSONField(default=dict)  # under mails, per language
    private = models.BooleanField(default=False)  # only its members see its tickets
    members = models.ManyToManyField(Person, related_name="teams", blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    retired = models.BooleanField(default=False)  # kept for its tickets, no longer handed any

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return label(self.labels)


class Import(models.Model):
    """A table of people and companies that somebody gave us: first tried, then done."""

    class State(models.TextChoices):
        READING = "reading", _("being read")
        TRYING = "trying", _("dry run under way")
        TRIED = "tried", _("dry run done")
        RUNNING = "running", _("being taken in")
        DONE = "done", _("taken in")

    name = models.CharField(max_length=200)  # of the file
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=8)  # in which problems are told
    state = models.CharField(max_length=7, choices=State, default=State.READING)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class ImportLine(models.Model):
    """One line of a table, and what became of it."""

    class State(models.TextChoices):
        READ = "read"
        TRIED = "tried"
        DONE = "done"

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()  # as a table program counts it
    data: models.Field[dict[str, Any], dict[str, Any]] = models.JSONField()  # a table.Line
    company = models.CharField(max_length=200, blank=True)  # by which its lines are known
    state = models.CharField(max_length=5, choices=State, default=State.READ)
    words = models.TextField(blank=True)  # why it can't be done
    takes_seat = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(fields=["batch", "state", "number"], name="import_line_state"),
            models.Index(fields=["batch", "company", "number"], name="import_line_company"),
        ]

    def __str__(self) -> str:
        return f"line {self.number}"
