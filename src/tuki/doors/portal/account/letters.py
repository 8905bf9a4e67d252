"""The mails of signing in: short, in their reader's language, with never a password in them."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from tuki.desk.queries import the_desk
from tuki.lib.html import to_text
from tuki.notifications.actions import sign_in_mail
from tuki.people.actor import Actor

if TYPE_CHECKING:
    from tuki.people.models import Person

_SUBJECTS = {
    "password_reset_key": _("A new password for %(desk)s support"),
    "login_code": _("Your sign-in code for %(desk)s support"),
    "email_confirmation": _("Confirm this address for %(desk)s support"),
}
# What somebody did to their account, told to the address that we write to: if it was not them, they must know.
_NOTICES = {
    "password_changed": (_("Your password was changed"), _("The password of your account was changed.")),
    "password_set": (_("Your account has a password now"), _("A password was set for your account.")),
    "password_reset": (
        _("Your password was changed"),
        _("The password of your account was changed, with a link that we sent by e-mail."),
    ),
    "email_changed": (
        _("We now write to another address"),
        _("Mail about your requests now goes to %(to_email)s instead of this address."),
    ),
    "totp_activated": (_("Two-step sign-in is on"), _("Your account now asks for a code from an authenticator app.")),
    "totp_deactivated": (
        _("Two-step sign-in is off"),
        _("Your account no longer asks for a code from an authenticator app."),
    ),
    "webauthn_added": (_("A passkey was added"), _("Your account can be signed in to with one more passkey.")),
    "webauthn_removed": (_("A passkey was removed"), _("A passkey of your account no longer works.")),
    "recovery_codes_generated": (
        _("New recovery codes were made"),
        _("Your account has new recovery codes. The ones before them no longer work."),
    ),
}


def send(kind: str, address: str, person: "Person", **facts: Any) -> None:
    """Put one of these mails into the queue."""
    _send(kind, address, person, facts)


def rehearse(address: str) -> None:
    """Do the work of a mail for an address that nobody is known by, and keep nothing of it.

    Who asks for a code for it must wait as long as if there were one.
    """
    with transaction.atomic():
        _send("login_code", address, None, {"code": "0000-0000"})
        transaction.set_rollback(True)


def _send(kind: str, address: str, person: "Person | None", facts: dict[str, Any]) -> None:
    desk = the_desk()
    language = person.language if person and person.language in desk.languages else desk.language
    with translation.override(language), timezone.override(person.time_zone if person else desk.time_zone):
        subject, said = _NOTICES.get(kind, (_SUBJECTS.get(kind, ""), ""))
        html = render_to_string(
            f"account/mail/{'notice' if kind in _NOTICES else kind}.html",
            {
                **facts,
                "desk": desk,
                "person": person or {"language": language},
                "address": address,
                "said": str(said) % facts,
                "new_password": settings.PUBLIC_URL + reverse("account_reset_password"),
            },
        )
        sign_in_mail(
            address,
            kind,
            str(subject) % {"desk": desk.name},
            to_text(html) + "\n",
            html,
            person_id=person.pk if person else None,
            language=language,
            by=Actor(person),
        )
