"""For whom a thing is, as fields of a form."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tuki.conditions.tree import All, Among, Condition
from tuki.desk.queries import the_desk
from tuki.doors.workspace.guide.forms import language_choices
from tuki.doors.workspace.guide.seen import SeenForm
from tuki.knowledge import audience
from tuki.people import queries as people

_BASES = {
    "everyone": audience.EVERYONE,
    "signed_in": audience.signed_in(),
    "seats": audience.seats(),
    "agents": audience.agents(),
}
# What narrows it further: a field, the fact that it asks of, and how it is made.
_NARROWING: dict[str, tuple[str, Callable[[Any], Condition]]] = {
    "languages": (audience.LANGUAGES, audience.languages),
    "packages": (audience.PACKAGES, audience.packages),
    "organizations": (audience.ORGANIZATIONS, audience.organizations),
    "teams": (audience.TEAMS, audience.teams),
}


class AudienceFields(SeenForm):
    """Who may know of a thing. A rule that these fields can't show stays as it is unless another is chosen."""

    whom = forms.ChoiceField(label=_("Who may read it"), widget=forms.RadioSelect)
    languages = forms.MultipleChoiceField(
        label=_("Only readers of"), required=False, widget=forms.CheckboxSelectMultiple
    )
    packages = forms.TypedMultipleChoiceField(
        label=_("Only companies with"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    organizations = forms.CharField(
        label=_("Only these companies"), help_text=_("Customer numbers, parted by commas."), required=False
    )
    teams = forms.TypedMultipleChoiceField(
        label=_("A team’s own"),
        help_text=_("Nobody else knows of it, other agents neither."),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, condition: Condition, data: Mapping[str, Any] | None, *, initial: dict[str, Any]) -> None:
        self.condition = condition
        said = _said(condition)
        offered = _offered(said or {})
        if said is not None and not _shows(offered, said, condition):
            said = None  # what a form leaves out, it would drop when it is sent back
        super().__init__(data, initial={**initial, **(said or {"whom": "kept"})})
        asks_of_seats = the_desk().has_seats or bool(said and said["whom"] == "seats")
        kept = [] if said is not None else [("kept", _("as it is: a rule of its own"))]
        self._choose(
            "whom",
            [
                *kept,
                ("everyone", _("everyone")),
                ("signed_in", _("whoever is signed in")),
                *([("seats", _("people with the right to use support"))] if asks_of_seats else []),
                ("agents", _("agents")),
            ],
        )
        for name, choices in offered.items():
            self._choose(name, choices)
        for name in ("packages", "teams"):
            if not offered[name]:
                del self.fields[name]

    def _choose(self, name: str, choices: "list[tuple[Any, Any]]") -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_organizations(self) -> list[int]:
        wanted = _codes(self.cleaned_data["organizations"])
        found = _companies(wanted)
        missing = [code for code in wanted if code not in found]
        if missing:
            raise forms.ValidationError(_("No company has this number: %(code)s."), params={"code": missing[0]})
        return list(found.values())

    def chosen(self) -> Condition:
        """The rule that was chosen."""
        said = self.cleaned_data
        if said["whom"] == "kept":
            return self.condition
        return _rule(said)


def _rule(said: Mapping[str, Any]) -> Condition:
    """What these fields say, as a rule."""
    parts = [make(said[name]) for name, (_fact, make) in _NARROWING.items() if said.get(name)]
    return audience.both(_BASES[said["whom"]], *parts)


def _said(condition: Condition) -> dict[str, Any] | None:
    """A rule as these fields say it; None where they can't."""
    said: dict[str, Any] = {"whom": "everyone"}
    for part in _parts(condition):
        base = next((name for name, one in _BASES.items() if one == part), None)
        if base and said["whom"] == "everyone":
            said["whom"] = base
            continue
        name = next(
            (n for n, (fact, _make) in _NARROWING.items() if isinstance(part, Among) and fact == part.field), None
        )
        if name is None or name in said or not isinstance(part, Among):
            return None
        said[name] = sorted(part.values, key=str)
    if "organizations" in said:
        rows = people.organizations().filter(pk__in=_ids(said["organizations"]))
        said["organizations"] = ", ".join(row.code for row in rows)
    return said


def _parts(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, All) else (condition,)


def _offered(said: Mapping[str, Any]) -> "dict[str, list[tuple[Any, Any]]]":
    """What may be chosen: what there is, and what a rule names now, though the desk has given it up."""
    packages, teams = (_ids(said.get(name, ())) for name in ("packages", "teams"))
    return {
        "languages": language_choices(beside=said.get("languages", ())),
        "packages": [(row.pk, str(row)) for row in people.packages(beside=packages)],
        "teams": [(row.pk, str(row)) for row in people.teams(beside=teams)],
    }


def _shows(offered: "Mapping[str, list[tuple[Any, Any]]]", said: Mapping[str, Any], condition: Condition) -> bool:
    """Whether the fields say the same rule when they come back untouched."""
    back = {name: [one for one in said.get(name, ()) if one in dict(choices)] for name, choices in offered.items()}
    companies = list(_companies(_codes(said.get("organizations", ""))).values())
    rule = _rule({**back, "whom": said["whom"], "organizations": companies})
    return set(_parts(rule)) == set(_parts(condition)) - {audience.EVERYONE}


def _ids(values: Iterable[Any]) -> list[int]:
    return [one for one in values if isinstance(one, int)]


def _codes(typed: str) -> list[str]:
    return [code.strip() for code in typed.split(",") if code.strip()]


def _companies(codes: Iterable[str]) -> dict[str, int]:
    """The companies with these customer numbers, by them."""
    return {row.code: row.pk for row in people.organizations().filter(code__in=codes)}
