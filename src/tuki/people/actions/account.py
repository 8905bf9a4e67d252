"""How people sign in, and the addresses that they are known by."""

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.desk.queries import the_desk
from tuki.journal.record import record
from tuki.lib.refusal import Refused, require
from tuki.people import events, marks, policy
from tuki.people.actions._addresses import require_address
from tuki.people.actions._seating import is_shared
from tuki.people.actor import Actor
from tuki.people.models import Person
from tuki.people.standing import live_seats

ADDRESSES_AT_MOST = 10  # of one person


def invite(person: Person, *, by: Actor) -> None:
    """Have a one-time link sent with which the person sets a password (F7, F12)."""
    require(policy.may_run_people(by) or by.person == person)
    if not policy.may_sign_in(person):
        raise Refused(_("This person can't sign in."))
    with transaction.atomic():
        record(events.Invited(), on=person, by=by)


def accept_invitation(person: Person, password: str, *, by: Actor) -> None:
    """Set the password that an invitation asked for; whoever holds the link has shown that the address is theirs.

    person: as the link found them; of two who use the link at once, the second is Refused.
    """
    require(by.person == person)
    before, hashed = person.password, make_password(password)  # slow on purpose, so before the transaction
    with transaction.atomic():
        now = Person.objects.select_for_update().get(pk=person.pk)
        if (now.password, now.email) != (before, person.email) or not policy.may_sign_in(now):
            raise Refused(_("This link was used already."))
        EmailAddress.objects.update_or_create(user=now, email=now.email, defaults={"verified": True, "primary": True})
        _have_password(person, hashed, by=by)


def set_password(person: Person, password: str, *, keep_session: str = "", by: Actor) -> None:
    """Change one's own password, and be signed out everywhere else.

    keep_session: the key of the session that asks; unset, none is kept.
    """
    require(policy.may_run_account(by, person))
    hashed = make_password(password)
    with transaction.atomic():
        _have_password(person, hashed, keep_session=keep_session, by=by)


def _have_password(person: Person, hashed: str, *, keep_session: str = "", by: Actor) -> None:
    """Checks nothing: its callers have."""
    person.password = hashed
    person.save(update_fields=["password"])
    marks.end_sessions(person, but=keep_session)
    record(events.PasswordChanged(), on=person, by=by)


def add_address(person: Person, address: str, *, by: Actor) -> EmailAddress:
    """Note a further address. It tells nobody who they are until its owner has confirmed it.

    An address that somebody else has is taken all the same: the answer must not tell that they are known here. Raises
    Refused, naming the field, where it is no address, one's own already, or one too many.
    """
    require(policy.may_run_account(by, person))
    address = address.strip().lower()
    require_address(address)
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        mine = EmailAddress.objects.filter(user=person)
        if address == person.email or mine.filter(email=address).exists():
            raise Refused(_("You have this address already."), field="email")
        if mine.count() >= ADDRESSES_AT_MOST:
            words = _("You have %(number)s addresses. Remove one before you add another.")
            raise Refused(words % {"number": ADDRESSES_AT_MOST}, field="email")
        added = EmailAddress.objects.create(user=person, email=address, primary=False, verified=False)
        record(events.AddressAdded(), on=person, by=by)
    return added


def confirm_address(address: EmailAddress, *, by: Actor) -> None:
    """Let an address tell who its owner is, who has shown that mail to it reaches them.

    Raises Refused where the address is another person's, or several people's while one holds a seat (A5).
    """
    require(policy.may_run_account(by, address.user))
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=address.user_id)
        if _holder_of(address.email, but=person) is not None or _confirmed_by_another(address):
            raise Refused(_("Another person is known by this address. Ask us to make the two one."))
        _require_own_mailbox(address.email, person, by)
        if EmailAddress.objects.filter(pk=address.pk, verified=False).update(verified=True):
            record(events.AddressConfirmed(), on=person, by=by)
    address.verified = True


def _require_own_mailbox(address: str, person: Person, by: Actor) -> None:
    """Raise Refused for an address at which several people read, where a seat would then be theirs too."""
    seats = live_seats(by.at).filter(membership__person=person, membership__pending=False)
    if is_shared(address) and seats.exists():
        words = _("Several people read “%(address)s”, and what you hold belongs to one person: %(seat)s.")
        raise Refused(words % {"address": address, "seat": the_desk().seat_name})


def _holder_of(address: str, *, but: Person) -> Person | None:
    """Who else we write to at this address; a duplicate merged into this person is no one else."""
    others = Person.objects.filter(email=address).exclude(pk=but.pk).exclude(merged_into=but)
    return others.first()


def _confirmed_by_another(address: EmailAddress) -> bool:
    others = EmailAddress.objects.filter(email=address.email, verified=True).exclude(user=address.user_id)
    return bool(others.exists())


def write_to(address: EmailAddress, *, by: Actor) -> Person:
    """Make one of a person's confirmed addresses the one we write to; the one before it stays, as a further one."""
    require(policy.may_run_account(by, address.user))
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=address.user_id)
        address = EmailAddress.objects.get(pk=address.pk)
        if not address.verified:
            raise Refused(_("Confirm this address first: open the link in the mail that we sent to it."))
        if address.email == person.email:
            return person
        if _holder_of(address.email, but=person) is not None:
            raise Refused(_("Another person is known by this address. Ask us to make the two one."))
        _require_own_mailbox(address.email, person, by)
        given_up, person.email = person.email, address.email
        # A merged duplicate may hold the address. It takes the one that is given up, so that both go on leading here.
        duplicate = Person.objects.filter(email=address.email, merged_into=person).first()
        if duplicate is not None:
            _release(duplicate)
        person.save(update_fields=["email"])
        if duplicate is not None:
            duplicate.email = given_up
            duplicate.save(update_fields=["email"])
        EmailAddress.objects.filter(user=person, primary=True).update(primary=False)
        EmailAddress.objects.filter(pk=address.pk).update(primary=True)
        record(events.AddressChosen(), on=person, by=by)
    return person


def remove_address(address: EmailAddress, *, by: Actor) -> None:
    """Cease to know a person by one of their further addresses."""
    require(policy.may_run_account(by, address.user))
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=address.user_id)
        if address.email == person.email:
            raise Refused(_("This is the address we write to. Choose another one first."))
        for duplicate in Person.objects.filter(email=address.email, merged_into=person):
            _release(duplicate)
        if EmailAddress.objects.filter(pk=address.pk).delete()[0]:
            record(events.AddressRemoved(), on=person, by=by)


def _release(duplicate: Person) -> None:
    """Take the address from a merged duplicate, which mail to it would otherwise still lead to."""
    duplicate.email = f"merged-{duplicate.pk}@tuki.invalid"
    duplicate.save(update_fields=["email"])
