"""What is filled in to sign in, and on one's account."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from allauth.mfa.base import forms as two_factor
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tuki.desk.queries import the_desk
from tuki.people import queries

if TYPE_CHECKING:
    from tuki.people.models import Person

PASSWORD_RULES = _("At least 10 characters. Not a password that many people use, and not your name or address.")
PHONES = 3


def _say(field: forms.Field, label: Any, help_text: Any = "", **attributes: str) -> None:
    """Our words on a field of allauth's."""
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attributes)


class SignInForm(allauth.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # "username" is what a password manager calls whatever stands beside a password.
        _say(self.fields["login"], _("E-mail address"), autocomplete="username")
        _say(self.fields["password"], _("Password"))


class CodeRequestForm(allauth.RequestLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["email"], _("E-mail address"), autocomplete="username")

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if not ratelimit.consume(context.request, action="request_login_code", key=email):
            raise get_adapter().validation_error("rate_limited")
        self._user = queries.account(email)
        return email


class CodeForm(allauth.ConfirmLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["code"], _("Code"), inputmode="numeric")


class ForgottenForm(allauth.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["email"], _("E-mail address"), autocomplete="username")

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        person = queries.account(email)
        self.users = [person] if person else []
        return email


class ChangePasswordForm(allauth.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["oldpassword"], _("Current password"))
        _say_new_passwords(self)


class SetPasswordForm(allauth.SetPasswordForm):
    """A first password: after an invitation, or for whoever has signed in by code so far."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_new_passwords(self)


class ResetPasswordKeyForm(allauth.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_new_passwords(self)


def _say_new_passwords(form: forms.Form) -> None:
    _say(form.fields["password1"], _("New password"), PASSWORD_RULES)
    _say(form.fields["password2"], _("The same password again"))


class ReauthenticateForm(allauth.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["password"], _("Password"))


class SecondStepForm(two_factor.AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["code"], _("Code"), inputmode="numeric")


class SecondStepAgainForm(two_factor.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["code"], _("Code"), inputmode="numeric")


class TurnOnForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["code"], _("The code that the app shows"), inputmode="numeric")

    @property
    def key(self) -> str:
        """What the picture says, in fours, for whoever types it; apps take it with the spaces."""
        return " ".join(self.secret[start : start + 4] for start in range(0, len(self.secret), 4))


def spoken() -> list[tuple[str, str]]:
    """The desk's languages, under their own names."""
    names = dict(settings.LANGUAGES)
    return [(code, names.get(code, code)) for code in the_desk().languages]


class ProfileForm(forms.Form):
    """Who one is. A field for each phone that there is, and one more."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(
        label=_("Language"), choices=spoken, help_text=_("Of our pages and of the mails that we send you.")
    )
    time_zone = forms.CharField(
        label=_("Time zone"),
        help_text=_("Write the name of a large city near you, and choose."),
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, person: "Person", data: Any = None) -> None:
        super().__init__(
            data, initial={"name": person.name, "language": person.language, "time_zone": person.time_zone}
        )
        for number in range(min(len(person.phones) + 1, max(PHONES, len(person.phones)))):
            self.fields[f"phone_{number}"] = forms.CharField(
                label=_("Phone") if number == 0 else _("Another phone"),
                required=False,
                max_length=40,
                initial=person.phones[number] if number < len(person.phones) else "",
                widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel" if number == 0 else "off"}),
            )

    def clean_time_zone(self) -> str:
        typed: str = self.cleaned_data["time_zone"].strip()
        found = next((zone for zone in time_zones() if zone.lower() == typed.lower().replace(" ", "_")), None)
        if found is None:
            raise ValidationError(_("There is no time zone of this name. Choose one of the list."))
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["phones"] = [cleaned.pop(key).strip() for key in list(cleaned) if key.startswith("phone_")]
        cleaned["phones"] = [phone for phone in cleaned["phones"] if phone]
        return cleaned

    @property
    def phones(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("phone_")]


@lru_cache(maxsize=1)
def time_zones() -> list[str]:
    """By region and city, as people look for them; not the old names that are kept for machines."""
    regions = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    return [*sorted(zone for zone in available_timezones() if zone.startswith(regions)), "UTC"]


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("Another address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
