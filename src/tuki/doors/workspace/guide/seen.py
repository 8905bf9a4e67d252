"""Forms that nobody fills in over another's changes unseen."""

import json
from typing import Any, Protocol, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext

from tuki.knowledge.actions.writing import Overtaken


class Marked(Protocol):
    """What a form is about: an article, a category, a section. mark: another one after each change."""

    @property
    def mark(self) -> str: ...


class SeenForm(forms.Form):
    """It brings along what stood in it before it was filled in. thing: what it is about; None where that is begun."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    thing: Marked | None = None

    def opened(self) -> str:
        """What stands in the form before it is filled in, as it is sent along."""
        values = {name: self.stood(name, field) for name, field in self.asked()}
        return json.dumps({"mark": self.thing.mark if self.thing else "", "values": values})

    def brings(self) -> str:
        """The same of a form that came back."""
        return self["seen"].data or "" if self.is_bound else self.opened()

    def mark(self) -> str:
        """What it was before the eyes of who filled this in."""
        return str(_seen(self["seen"].data).get("mark", ""))

    def seen_as(self) -> dict[str, str]:
        """What stood in each field before the eyes of who filled this in."""
        values = _seen(self["seen"].data).get("values")
        return (
            {key: value for key, value in values.items() if isinstance(value, str)} if isinstance(values, dict) else {}
        )

    def met(self, now: Self, overtaken: Overtaken) -> Self:
        """Somebody changed it meanwhile: the form as it is sent back.

        What was not touched becomes what it is by now, and beside what both changed stands what the other chose.
        now: the form as it would be opened.
        """
        data, both = QueryDict(mutable=True), []
        data.update(self.data)
        for name, field in now.asked():
            then, theirs = self.seen_as().get(name, ""), now.stood(name, field)
            mine = _plain(self[name].data) if name in self.fields else then
            if theirs in {then, mine}:
                continue
            if mine == then:
                _put(data, name, now.get_initial_for_field(field, name))
            else:
                both.append(name)
        data["seen"] = now.opened()
        form = now.again(data)
        form.full_clean()
        form.add_error(None, gettext("%(what)s Look through it, and save once more.") % {"what": overtaken})
        for name in both:
            theirs = _worded(now.fields[name], now.get_initial_for_field(now.fields[name], name))
            form.add_error(
                name, gettext("By now it is “%(value)s”. Saving once more puts yours there.") % {"value": theirs}
            )
        return form

    def again(self, data: QueryDict) -> Self:
        """The same form, filled in with something."""
        raise NotImplementedError

    def asked(self) -> list[tuple[str, forms.Field]]:
        return [(name, field) for name, field in self.fields.items() if name != "seen"]

    def stood(self, name: str, field: forms.Field) -> str:
        """What stands in a field before anybody fills it in."""
        return _plain(self.get_initial_for_field(field, name))


def _plain(value: Any) -> str:
    """A field's value in one way, whether it stood there or was sent."""
    if isinstance(value, list | tuple):
        return ",".join(sorted(str(one) for one in value))
    return "" if value is None or value is False else str(value)


def _put(data: QueryDict, name: str, value: Any) -> None:
    """Fill a field in with what would stand there."""
    if isinstance(value, list | tuple):
        data.setlist(name, [str(one) for one in value])
    elif value is None or value is False:
        data.pop(name, None)
    else:
        data[name] = str(value)


def _worded(field: forms.Field, value: Any) -> str:
    """A field's value as its page names it."""
    names = {str(key): str(name) for key, name in getattr(field, "choices", [])}
    values = value if isinstance(value, list | tuple) else [value]
    if isinstance(field, forms.BooleanField):
        return gettext("yes") if value else gettext("no")
    return ", ".join(names.get(_plain(one), _plain(one)) for one in values)


def _seen(sent: Any) -> dict[str, Any]:
    try:
        found = json.loads(sent or "")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
