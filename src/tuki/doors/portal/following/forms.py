"""How soon to hear, and where."""

from django import forms
from django.utils.translation import gettext_lazy as _

PACES = [
    ("at_once", _("At once")),
    ("daily", _("Once a day, in the morning")),
    ("weekly", _("Once a week, on Monday")),
]


class PaceForm(forms.Form):
    pace = forms.ChoiceField(label=_("How soon do you want to hear?"), choices=PACES, widget=forms.RadioSelect)


class AddressForm(PaceForm):
    address = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    field_order = ["address", "pace"]
