"""The forms of categories and sections, which nobody fills in over another's changes unseen."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from tuki.desk import queries as desk
from tuki.desk.queries import the_desk
from tuki.doors.workspace.guide.audiences import AudienceFields
from tuki.knowledge import audience
from tuki.knowledge.actions.writing import Overtaken
from tuki.knowledge.queries import arranging

if TYPE_CHECKING:
    from tuki.desk.labels import Labels
    from tuki.knowledge.models import Category, Section

    Place = Category | Section


class PlaceForm(AudienceFields):
    """What is chosen of a category and of a section alike. seen: what stood in the form before it was filled in."""

    retired = forms.BooleanField(label=_("Hidden: readers don’t see it, nor what is in it"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, place: "Place | None", data: Mapping[str, Any] | None, **initial: Any) -> None:
        self.place = place
        rule = place.audience if place else None
        if place is not None:
            initial |= {"retired": place.retired}
        super().__init__(rule.condition if rule else audience.EVERYONE, data, initial=initial)
        for code in the_desk().languages:
            said = {"language": get_language_info(code)["name_translated"]}
            self.fields[f"name_{code}"] = forms.CharField(
                label=gettext("Name (%(language)s)") % said,
                max_length=120,
                required=code == the_desk().language,
                widget=forms.TextInput(attrs={"lang": code}),
                initial=place.labels.get(code, "") if place else "",
                error_messages={"required": _("Please give it a name in the desk’s own language.")},
            )
            self.fields[f"description_{code}"] = forms.CharField(
                label=gettext("Description (%(language)s)") % said,
                max_length=300,
                required=False,
                widget=forms.TextInput(attrs={"lang": code}),
                initial=place.descriptions.get(code, "") if place else "",
            )

    def opened(self) -> str:
        """What stands in the form before it is filled in, as it is sent along."""
        values = {name: self.stood(name, field) for name, field in self.asked()}
        return json.dumps({"mark": self.place.mark if self.place else "", "values": values})

    def brings(self) -> str:
        """The same of a form that came back."""
        return self["seen"].data or "" if self.is_bound else self.opened()

    def in_each_language(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Name and description, language by language."""
        return [(self[f"name_{code}"], self[f"description_{code}"]) for code in the_desk().languages]

    def _per_language(self, what: str, kept: "Labels") -> "Labels":
        """What was written, beside what there is in languages that the desk speaks no more."""
        others = {code: text for code, text in kept.items() if code not in the_desk().languages}
        written = {code: self.cleaned_data[f"{what}_{code}"].strip() for code in the_desk().languages}
        return others | {code: text for code, text in written.items() if text}

    def wanted(self) -> dict[str, Any]:
        """The changes, as actions take them."""
        return {
            "labels": self._per_language("name", self.place.labels if self.place else {}),
            "descriptions": self._per_language("description", self.place.descriptions if self.place else {}),
            "audience": self.chosen(),
        }

    def mark(self) -> str:
        """What it was before the eyes of who filled this in."""
        return str(_seen(self["seen"].data).get("mark", ""))

    def seen_as(self) -> dict[str, str]:
        """What stood in each field before the eyes of who filled this in."""
        values = _seen(self["seen"].data).get("values")
        return (
            {key: value for key, value in values.items() if isinstance(value, str)} if isinstance(values, dict) else {}
        )

    def met(self, now: "PlaceForm", overtaken: Overtaken) -> "PlaceForm":
        """Somebody changed it meanwhile: the form as it is sent back.

        What was not touched becomes what it is by now, and beside what both changed stands what the other chose.
        now: the form as it would be opened.
        """
        data, both = QueryDict(mutable=True), []
        data.update(self.data)
        for name, field in now.asked():
            then, mine, theirs = self.seen_as().get(name), _plain(self[name].data), now.stood(name, field)
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

    def again(self, data: QueryDict) -> "PlaceForm":
        """The same form, filled in with something."""
        return type(self)(self.place, data)

    def asked(self) -> list[tuple[str, forms.Field]]:
        return [(name, field) for name, field in self.fields.items() if name != "seen"]

    def stood(self, name: str, field: forms.Field) -> str:
        """What stands in a field before anybody fills it in."""
        return _plain(self.get_initial_for_field(field, name))


class SectionForm(PlaceForm):
    """What is chosen of a section beside. into: of a new one, where it is to lie."""

    into = forms.ChoiceField(label=_("Where it stands"))
    kind = forms.ChoiceField(
        label=_("What it holds"),
        help_text=_("Of releases and news the newest stands first, and the home page shows them."),
    )
    product = forms.TypedChoiceField(label=_("Product"), coerce=int, required=False, empty_value=None)
    fallback = forms.ChoiceField(label=_("Where an article is not translated, readers get"))

    def __init__(self, place: "Section | None", data: Mapping[str, Any] | None, **initial: Any) -> None:
        if place is not None:
            initial |= {"kind": place.kind, "product": place.product_id or "", "fallback": place.fallback}
        self._into = initial.pop("places", [])
        super().__init__(place, data, **initial)
        self._choose("kind", arranging.kinds())
        self._choose("fallback", arranging.fallbacks())
        products = [(row.pk, str(row)) for row in desk.products()]
        own = place.product if place is not None else None
        if own is not None and own.pk not in dict(products):
            products.append((own.pk, str(own)))
        self._choose("product", [("", gettext("none")), *products])
        if not products:
            del self.fields["product"]
        if place is None:
            self._choose("into", self._into)
        else:
            del self.fields["into"]

    def wanted(self) -> dict[str, Any]:
        said = self.cleaned_data
        chosen = {"kind": said["kind"], "fallback": said["fallback"]}
        if "product" in said:
            chosen["product"] = desk.products().filter(pk=said["product"]).first()
            if chosen["product"] is None and said["product"] is not None and self.place is not None:
                chosen["product"] = self.place.product  # type: ignore[union-attr]
        return super().wanted() | chosen


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
