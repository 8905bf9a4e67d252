"""Who there is."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tuki.desk.labels import Labels, label


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
        indexes = [models.Index(fields=["role", "name"], name="person_role")]

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
    name = models.CharField(max_length=100)
    seats = models.PositiveSmallIntegerField(null=True, blank=True)  # unset: as many as support gives
    position = models.PositiveSmallIntegerField(default=0)
    retired = models.BooleanField(default=False)  # kept for companies that have it, no longer offered

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.name


class Organization(models.Model):
    """A customer company."""

    name = models.CharField(max_length=200)
    code = models.CharField(max_length=64, blank=True)  # the vendor's own customer number
    # H11: the company asked that all its main users see all its tickets.
    shares_tickets = models.BooleanField(default=False)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["name"]
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
    """A person's place in an organization."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=7, choices=MembershipRole, default=MembershipRole.MEMBER)

    class Meta:
        ordering = ["pk"]  # the first is the person's default organization
        constraints = [models.UniqueConstraint(fields=["person", "organization"], name="one_membership_each")]

    def __str__(self) -> str:
        return f"{self.person} at {self.organization}"


class Seat(models.Model):
    """The right of a membership to use support. Taken away, the row goes; the journal keeps that it was."""

    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="seat")
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"seat of {self.membership}"


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
