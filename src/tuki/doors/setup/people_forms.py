"""What administrators fill in of people and teams."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tuki.desk.queries import the_desk
from tuki.people import lists, queries

if TYPE_CHECKING:
    from tuki.people.models import Person, Team


class ProfileForm(forms.Form):
    """Who somebody is."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    display_name = forms.CharField(
        label=_("Name shown to customers"), max_length=120, required=False, help_text=_("Their name, if it is empty.")
    )
    language = forms.ChoiceField(label=_("Language"), help_text=_("Of the mails they get and the pages they see."))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        names = dict(settings.LANGUAGES)
        _choice(self, "language").choices = [(code, names.get(code, code)) for code in the_desk().languages]


class NewPersonForm(ProfileForm):
    """Somebody who is let in by hand."""

    field_order = ("email", "name", "display_name", "language", "role", "teams", "invite")

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect, initial="agent")
    teams = forms.MultipleChoiceField(
        label=_("Teams"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("For agents only.")
    )
    invite = forms.BooleanField(label=_("Send a link with which they set a password"), required=False, initial=True)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _choice(self, "role").choices = lists.roles()
        _choice(self, "teams").choices = _teams()


class RoleForm(forms.Form):
    """What somebody is to the desk."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _choice(self, "role").choices = lists.roles()


class TeamsForm(forms.Form):
    """The queues that an agent works in."""

    teams = forms.MultipleChoiceField(label=_("Teams"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _choice(self, "teams").choices = _teams()

    def chosen(self) -> "list[Team]":
        return chosen_teams(self.cleaned_data["teams"])


class MembersForm(forms.Form):
    """The agents who work in a queue."""

    members = forms.MultipleChoiceField(label=_("Agents"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _choice(self, "members").choices = [(str(one.pk), str(one)) for one in queries.agents()]

    def chosen(self) -> "list[Person]":
        return [one for one in queries.agents() if str(one.pk) in self.cleaned_data["members"]]


class SuccessorForm(forms.Form):
    """Who takes over from an agent who leaves."""

    successor = forms.ChoiceField(label=_("Who takes over"), required=False)

    def __init__(self, *args: Any, leaves: "Person", **more: Any) -> None:
        super().__init__(*args, **more)
        others = [(str(one.pk), str(one)) for one in queries.agents() if one.pk != leaves.pk]
        _choice(self, "successor").choices = [("", _("nobody: back to the teams’ queues")), *others]

    def chosen(self) -> "Person | None":
        return queries.agents().filter(pk=int(self.cleaned_data["successor"] or 0)).first()


def chosen_teams(keys: Iterable[str]) -> "list[Team]":
    wanted = set(keys)
    return [team for team in queries.teams() if team.key in wanted]


def _teams() -> list[tuple[str, str]]:
    return [(team.key, str(team)) for team in queries.teams()]


def _choice(form: forms.Form, name: str) -> forms.ChoiceField:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    return field
