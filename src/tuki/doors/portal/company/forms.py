"""What a company's manager fills in."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tuki.desk.queries import the_desk
from tuki.doors.portal.requests.forms import RefusableForm
from tuki.lib.html import from_text

if TYPE_CHECKING:
    from tuki.people.models import Membership, Package


class InviteForm(RefusableForm):
    """A colleague to ask. gives_seats: whether the right to use support may go with it."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Please write an e-mail address."),
            "invalid": gettext_lazy("This is not an e-mail address."),
        },
    )
    called = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language of the invitation"))
    with_seat = forms.BooleanField(label=gettext_lazy("With the right to use support"), required=False)
    manages = forms.BooleanField(
        label=gettext_lazy("As a manager"),
        required=False,
        help_text=gettext_lazy("Managers invite and suspend people, as you do here."),
    )

    def __init__(self, *args: Any, gives_seats: bool, language: str, **more: Any) -> None:
        super().__init__(*args, **more)
        names = dict(settings.LANGUAGES)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, names.get(code, code)) for code in the_desk().languages]
        self.initial.setdefault("language", language)
        if gives_seats:
            field = self.fields["with_seat"]
            field.label = f"{field.label} ({the_desk().seat_name})"
        else:
            del self.fields["with_seat"]

    @property
    def wanted(self) -> dict[str, Any]:
        """What `people.actions.invite_colleague` takes."""
        cleaned = self.cleaned_data
        return {
            "address": cleaned["email"],
            "name": cleaned["called"],
            "language": cleaned["language"],
            "manages": cleaned["manages"],
            "with_seat": cleaned.get("with_seat", False),
        }


class MoveForm(RefusableForm):
    """From whom, and to whom, the right to use support goes."""

    held = forms.TypedChoiceField(label=pgettext_lazy("whose right moves", "From"), coerce=int)
    to = forms.TypedChoiceField(label=pgettext_lazy("whose right moves", "To"), coerce=int)

    def __init__(self, *args: Any, holders: "list[Membership]", others: "list[Membership]", **more: Any) -> None:
        super().__init__(*args, **more)
        for name, places in (("held", holders), ("to", others)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            # Nobody is chosen by itself: one press too many would take somebody's right away.
            field.choices = [("", _("Not chosen")), *((place.pk, place.shown_name) for place in places)]


class PackageForm(RefusableForm):
    """Which package a company would rather have, and why."""

    package = forms.TypedChoiceField(label=gettext_lazy("Package"), coerce=int)
    words = forms.CharField(
        label=gettext_lazy("Your message"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("How many people need support, and from when on?"),
    )

    def __init__(self, *args: Any, packages: "list[Package]", **more: Any) -> None:
        super().__init__(*args, **more)
        self._packages = {package.pk: package for package in packages}
        field = self.fields["package"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(package.pk, str(package)) for package in packages]

    @property
    def wanted(self) -> dict[str, Any]:
        """What `tickets.actions.ask_for_package` takes."""
        package = self._packages[self.cleaned_data["package"]]
        return {"package": package, "words": from_text(self.cleaned_data["words"])}
