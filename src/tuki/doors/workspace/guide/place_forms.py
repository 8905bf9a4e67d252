"""The forms of categories and sections, which nobody fills in over another's changes unseen."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from tuki.desk import queries as desk
from tuki.desk.queries import the_desk
from tuki.doors.workspace.guide.audiences import AudienceFields
from tuki.knowledge import audience
from tuki.knowledge.queries import arranging

if TYPE_CHECKING:
    from tuki.desk.labels import Labels
    from tuki.knowledge.models import Category, Section

    Place = Category | Section


class PlaceForm(AudienceFields):
    """What is chosen of a category and of a section alike."""

    retired = forms.BooleanField(label=_("Hidden: readers don’t see it, nor what is in it"), required=False)

    def __init__(self, place: "Place | None", data: Mapping[str, Any] | None, **initial: Any) -> None:
        self.place = self.thing = place
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

    def again(self, data: QueryDict) -> Self:
        return type(self)(self.place, data)


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
