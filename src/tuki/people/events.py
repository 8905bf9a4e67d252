"""What happens to people, companies and their rights."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tuki.journal.events import Event


@dataclass(frozen=True)
class PersonAdded(Event):
    """A person became known to the desk."""

    name = "person.added"
    line = _("added this person")
    forgets = "Holds nothing of the person; the row it is on is blanked."


@dataclass(frozen=True)
class SignedUp(Event):
    """Somebody asked for an account at a person's address; whether it was its owner, the link in a mail will show."""

    name = "person.signed_up"
    line = _("asked for an account")
    forgets = "Holds nothing."


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
class AccountClosed(Event):
    """A person was shut out of the desk: signed out everywhere, and their seats ended."""

    name = "person.closed"
    line = _("closed the account")
    forgets = "Holds nothing."


@dataclass(frozen=True)
class AccountReopened(Event):
    """A person whose account was closed may sign in again."""

    name = "person.reopened"
    line = _("opened the account again")
    forgets = "Holds nothing."


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
    """A person began, or ceased, to sign in with an authenticator app."""

    on: bool

    name = "person.two_factor_changed"
    line = _("changed two-step sign-in")
    forgets = "Holds nothing of the person."


@dataclass(frozen=True)
class PasskeyAdded(Event):
    """A person can sign in with one more passkey."""

    name = "person.passkey_added"
    line = _("added a passkey")
    forgets = "Holds nothing; what the passkey is called goes with the account."


@dataclass(frozen=True)
class PasskeyRemoved(Event):
    """A person can no longer sign in with one of their passkeys."""

    name = "person.passkey_removed"
    line = _("removed a passkey")
    forgets = "Holds nothing."


@dataclass(frozen=True)
class TwoFactorReset(Event):
    """Somebody who had lost their second factor was let in without: it was taken away, and every session ended."""

    name = "person.two_factor_reset"
    line = _("reset two-step sign-in")
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
class ImportRun(Event):
    """A table of people and companies was taken in, once its dry run had been read."""

    name = "import.run"
    line = _("took the table in")
    forgets = "Holds nothing; the table's lines are deleted after thirty days."


@dataclass(frozen=True)
class TeamChanged(Event):
    """Agents began, or ceased, to work in a team."""

    added: list[int]
    removed: list[int]

    name = "team.changed"
    line = _("changed the team: joined %(added)s; left %(removed)s")
    forgets = "Ids."


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
    line = _("added %(person)s")
    forgets = "An id and a role."


@dataclass(frozen=True)
class SeatGiven(Event):
    """A membership got the right to use support."""

    person: int

    name = "organization.seat_given"
    line = _("gave to %(person)s: %(seat)s")
    forgets = "An id."


@dataclass(frozen=True)
class SeatTaken(Event):
    """A membership lost the right to use support."""

    person: int

    name = "organization.seat_taken"
    line = _("removed from %(person)s: %(seat)s")
    forgets = "An id."


@dataclass(frozen=True)
class OrganizationAdded(Event):
    """A customer company became known to the desk."""

    name = "organization.added"
    line = _("added the company")
    forgets = "Nothing of a person."


@dataclass(frozen=True)
class OrganizationChanged(Event):
    """A company's name, code, note, mail domains or account manager were corrected."""

    fields: list[str]  # names of fields, not what stands in them

    name = "organization.changed"
    line = _("changed the company’s facts")
    forgets = "Names fields only."


@dataclass(frozen=True)
class VisibilityChanged(Event):
    """Who of a company sees its tickets, and whether they may answer, became what it asked for."""

    who_sees: str  # empty: as the desk has it
    colleagues_take_part: bool | None  # None: as the desk has it

    name = "organization.visibility_changed"
    line = _("changed who of the company sees its requests")
    forgets = "Nothing of a person."


@dataclass(frozen=True)
class PackageSold(Event):
    """A company bought another package."""

    old: int | None
    new: int | None

    name = "organization.package_sold"
    line = _("changed the package from %(old)s to %(new)s")
    forgets = "Nothing of a person."


@dataclass(frozen=True)
class PackageChanged(Event):
    """How many seats a package brings, or support's note on it, changed."""

    fields: list[str]

    name = "package.changed"
    line = _("changed the package")
    forgets = "Nothing of a person."


@dataclass(frozen=True)
class MainContactNamed(Event):
    """A person became the one who signed for their company."""

    person: int

    name = "organization.main_contact_named"
    line = _("named %(person)s as main contact")
    forgets = "An id."


@dataclass(frozen=True)
class ColleagueInvited(Event):
    """A person was asked by mail to join a company."""

    person: int

    name = "organization.colleague_invited"
    line = _("invited %(person)s")
    forgets = "An id."


@dataclass(frozen=True)
class PlaceAccepted(Event):
    """A person joined the company that had invited them."""

    person: int

    name = "organization.place_accepted"
    line = _("accepted the invitation")
    forgets = "An id."


@dataclass(frozen=True)
class InvitationEnded(Event):
    """An invitation to a company was declined, or taken back."""

    person: int

    name = "organization.invitation_ended"
    line = _("ended the invitation of %(person)s")
    forgets = "An id."


@dataclass(frozen=True)
class MembershipRoleChanged(Event):
    """A person began, or ceased, to run their company's people."""

    person: int
    role: str

    name = "organization.role_changed"
    line = _("made %(person)s a %(role)s")
    forgets = "An id and a role."


@dataclass(frozen=True)
class MembershipSuspended(Event):
    """A person was shut out of their company's support."""

    person: int

    name = "organization.suspended"
    line = _("suspended %(person)s")
    forgets = "An id."


@dataclass(frozen=True)
class MembershipRestored(Event):
    """A suspended person was let back into their company."""

    person: int

    name = "organization.restored"
    line = _("let %(person)s back")
    forgets = "An id."


@dataclass(frozen=True)
class OrganizationsMerged(Event):
    """Two rows were found to be one company; the duplicate points to the one that is kept."""

    duplicate: int

    name = "organization.merged"
    line = _("merged a duplicate into this company")
    forgets = "Nothing of a person."
