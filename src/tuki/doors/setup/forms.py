"""What administrators fill in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tuki.mail import lists, queries


class PlaceForm(forms.Form):
    """On which request to put a mail by hand, and as what."""

    number = forms.IntegerField(label=_("Number of the request"), min_value=1, max_value=2_000_000_000)
    kind = forms.ChoiceField(
        label=_("As"),
        choices=[("message", _("what its sender says, for both sides")), ("note", _("an internal note of yours"))],
        widget=forms.RadioSelect,
        initial="message",
    )


class AdmissionForm(forms.Form):
    """Whose person somebody is who is let in."""

    company = forms.CharField(
        label=_("Company"), max_length=200, required=False, help_text=_("Its name or its customer number.")
    )


class SourceForm(forms.Form):
    """An account on another server, from which mail is fetched. Whether it can be so is the action's to say."""

    host = forms.CharField(
        label=_("Mail server"), max_length=253, widget=forms.TextInput(attrs={"placeholder": "imap.example.com"})
    )
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535)
    security = forms.ChoiceField(label=_("Security"))
    user = forms.CharField(label=_("User"), max_length=320, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    sign_in = forms.ChoiceField(label=_("Signs in with"))
    secret = forms.CharField(
        label=_("Password or refresh token"),
        required=False,
        max_length=5000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    token_url = forms.CharField(label=_("Where OAuth 2 gives tokens"), required=False, max_length=500)
    client_id = forms.CharField(label=_("Client id of OAuth 2"), required=False, max_length=300)
    client_secret = forms.CharField(
        label=_("Client secret of OAuth 2"),
        required=False,
        max_length=5000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    folder = forms.CharField(label=_("Folder"), max_length=200)
    mailbox = forms.ChoiceField(
        label=_("Mailbox"), required=False, help_text=_("Whose mail it is where it names none of our addresses.")
    )
    afterwards = forms.ChoiceField(
        label=_("What to do there with mail that we have"), help_text=_("Only once it is in the ledger for good.")
    )
    move_to = forms.CharField(label=_("Folder to move it to"), required=False, max_length=200)
    from_beginning = forms.BooleanField(
        label=_("Fetch what lies there already, too"),
        required=False,
        help_text=_("Each old mail becomes a request, and its sender hears of it."),
    )
    enabled = forms.BooleanField(label=_("Fetch mail from here"), required=False)

    def __init__(self, *args: Any, is_new: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, choices in lists.source_choices().items():
            self._choice(name).choices = choices
        boxes = [(str(box.pk), box.address) for box in queries.mailboxes()]
        self._choice("mailbox").choices = [("", _("None")), *boxes]
        if is_new:
            del self.fields["enabled"]
        else:
            del self.fields["from_beginning"]
            for name in ("secret", "client_secret"):
                self.fields[name].help_text = _("Leave it empty to keep the one that is there.")

    def _choice(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field

    def said(self) -> dict[str, Any]:
        """What was filled in, as the actions have it."""
        boxes = {str(box.pk): box for box in queries.mailboxes()}
        return {**self.cleaned_data, "mailbox": boxes.get(self.cleaned_data["mailbox"])}
