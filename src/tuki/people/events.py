"""What happens to people, companies and their rights."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tuki.journal.events import Event


@dataclass(frozen=True)
class PersonAdded(Event):
    """A person became known to the desk."""

    name = "person.added"
    line = _("was added")
    forgets = "Holds nothing of the person; the row it is on is blanked."


@dataclass(frozen=True)
class ProfileChanged(Event):
    """A person's name, language, time zone, phones or wishes for mail changed."""

    fields: list[str]  # names of fields, not what stands in them

    name = "person.profile_changed"
    line = _("changed the profile")
    forgets = "Names fields only."


@dataclass(frozen=True)
class RoleChanged(Event):
    """A person became a customer, an agent or an administrator."""

    old: str
    new: str

    name = "person.role_changed"
    line = _("changed the role from %(old)s to %(new)s")
    forgets = "Roles only."


@dataclass(frozen=True)
class Invited(Event):
    """A person was sent a one-time link with which to set a password."""

    name = "person.invited"
    line = _("sent a sign-in link")
    forgets = "Holds no address and no link; the delivery that carried it is erased with the person's deliveries."


@dataclass(frozen=True)
class PasswordChanged(Event):
    """A person set a password; every other session of theirs ended."""

    name = "person.password_changed"
    line = _("set a password")
    forgets = "Holds nothing."


@dataclass(frozen=True)
class TwoFactorChanged(Event):
    """A person began, or ceased, to sign in with a second factor."""

    on: bool

    name = "person.two_factor_changed"
    line = _("changed two-step sign-in")
    forgets = "Holds nothing of the person."


@dataclass(frozen=True)
class AddressAdded(Event):
    """A person named a further address; until it is confirmed it tells nobody who they are."""

    name = "person.address_added"
    line = _("added an address")
    forgets = "Holds no address."


@dataclass(frozen=True)
class AddressConfirmed(Event):
    """Mail to a further address was shown to reach the person."""

    name = "person.address_confirmed"
    line = _("confirmed an address")
    forgets = "Holds no address."


@dataclass(frozen=True)
class AddressChosen(Event):
    """Another of a person's addresses became the one we write to."""

    name = "person.address_chosen"
    line = _("changed the address we write to")
    forgets = "Holds no address."


@dataclass(frozen=True)
class AddressRemoved(Event):
    """A person is no longer known by one of their addresses."""

    name = "person.address_removed"
    line = _("removed an address")
    forgets = "Holds no address."


@dataclass(frozen=True)
class PersonsMerged(Event):
    """Two rows were found to be one person; the duplicate points to the one that is kept."""

    duplicate: int

    name = "person.merged"
    line = _("merged a duplicate into this person")
    forgets = "An id; erasing the kept person blanks the duplicate too."


@dataclass(frozen=True)
class MembershipAdded(Event):
    """A person became part of a company."""

    person: int
    role: str

    name = "organization.membership_added"
    line = _("added a person")
    forgets = "An id and a role."


@dataclass(frozen=True)
class SeatGiven(Event):
    """A membership got the right to use support."""

    person: int

    name = "organization.seat_given"
    line = _("gave a seat")
    forgets = "An id."


@dataclass(frozen=True)
class SeatTaken(Event):
    """A membership lost the right to use support."""

    person: int

    name = "organization.seat_taken"
    line = _("took a seat away")
    forgets = "An id."


@dataclass(frozen=True)
class OrganizationAdded(Event):
    """A customer company became known to the desk."""

    name = "organization.added"
    line = _("was added")
    forgets = "Nothing of a person."


@dataclass(frozen=True)
class SharingChanged(Event):
    """A company's people with a seat began, or ceased, to see all its tickets."""

    shares: bool

    name = "organization.sharing_changed"
    line = _("changed who of the company sees its requests")
    forgets = "Nothing of a person."


@dataclass(frozen=True)
class OrganizationsMerged(Event):
    """Two rows were found to be one company; the duplicate points to the one that is kept."""

    duplicate: int

    name = "organization.merged"
    line = _("merged a duplicate into this company")
    forgets = "Nothing of a person."
