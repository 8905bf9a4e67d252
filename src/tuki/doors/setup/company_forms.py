"""What administrators fill in of companies and packages."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from tuki.desk.queries import the_desk
from tuki.people import lists, queries

if TYPE_CHECKING:
    from tuki.people.models import Package, Person


class FactsForm(forms.Form):
    """What a company is called, and who is whose."""

    name = forms.CharField(label=_("Name"), max_length=200)
    code = forms.CharField(label=_("Customer number"), max_length=64, required=False)
    domains = forms.CharField(
        label=_("Mail domains"),
        max_length=2000,
        required=False,
        help_text=_("With commas between. Whoever first writes from one of these becomes one of the company’s people."),
    )
    account_manager = forms.ChoiceField(
        label=_("Account manager"), required=False, help_text=_("To whom the company’s wishes for its package go.")
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For agents only."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        agents = [(str(one.pk), str(one)) for one in queries.agents()]
        _choice(self, "account_manager").choices = [("", _("Nobody")), *agents]

    def facts(self) -> dict[str, Any]:
        """As the action has them."""
        said = self.cleaned_data
        return {key: said[key] for key in ("name", "code", "note")} | {"domains": said["domains"].split(",")}

    def manager(self) -> "Person | None":
        return queries.agents().filter(pk=int(self.cleaned_data["account_manager"] or 0)).first()


class VisibilityForm(forms.Form):
    """Who of a company sees colleagues' requests, and what they may do there."""

    who_sees = forms.ChoiceField(label=_("Who of the company sees all of its requests"), required=False)
    take_part = forms.ChoiceField(
        label=_("Whoever sees them may"),
        required=False,
        choices=[("", _("what the desk’s rule says")), ("yes", _("read and answer")), ("no", _("only read"))],
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _choice(self, "who_sees").choices = [("", _("whom the desk’s rule allows")), *lists.ways_to_see()]

    def takes_part(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data["take_part"])


class SoldForm(forms.Form):
    """What a company has bought."""

    package = forms.ChoiceField(label=_("Package"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        offered = [(str(one.pk), str(one)) for one in queries.packages()]
        _choice(self, "package").choices = [("", _("None")), *offered]

    def chosen(self) -> "Package | None":
        return queries.packages().filter(pk=int(self.cleaned_data["package"] or 0)).first()


class ColleagueForm(forms.Form):
    """Whom to invite into a company."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Language"))
    manages = forms.BooleanField(label=_("Runs the company’s people here"), required=False)
    with_seat = forms.BooleanField(label=_("From the start: %(seat)s"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        names = dict(settings.LANGUAGES)
        _choice(self, "language").choices = [(code, names.get(code, code)) for code in the_desk().languages]
        self.fields["with_seat"].label = _("From the start: %(seat)s") % {"seat": the_desk().seat_name}


class UntilForm(forms.Form):
    """Until when a seat is given."""

    until = forms.DateField(required=False)


class PackageForm(forms.Form):
    """How much a package brings."""

    seats = forms.IntegerField(
        min_value=0,
        max_value=32767,
        required=False,
        help_text=_("Of each company that has the package. Empty: as many as are asked for."),
    )
    note = forms.CharField(label=_("Note"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["seats"].label = capfirst(the_desk().seat_name)
        if not the_desk().has_seats:
            del self.fields["seats"]


class TableForm(forms.Form):
    """A table of people and companies."""

    file = forms.FileField(label=_("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))


def _choice(form: forms.Form, name: str) -> forms.ChoiceField:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    return field
