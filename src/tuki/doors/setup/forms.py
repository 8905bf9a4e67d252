"""What administrators fill in."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PlaceForm(forms.Form):
    """On which request to put a mail by hand, and as what."""

    number = forms.IntegerField(label=_("Number of the request"), min_value=1, max_value=2_000_000_000)
    kind = forms.ChoiceField(
        label=_("As"),
        choices=[("message", _("what its sender says, for both sides")), ("note", _("an internal note of yours"))],
        widget=forms.RadioSelect,
        initial="message",
    )
