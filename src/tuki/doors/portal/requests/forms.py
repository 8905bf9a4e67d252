"""What a customer fills in."""

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tuki.desk import queries as desk_queries
from tuki.desk.labels import label
from tuki.desk.queries import the_desk
from tuki.lib.html import from_text
from tuki.lib.refusal import Refused
from tuki.people import queries as people
from tuki.people.actor import Actor
from tuki.tickets import policy

if TYPE_CHECKING:
    from tuki.desk.models import Module, Product
    from tuki.people.models import Organization

MOST_COPIES = 20
_COPIES_HELP = {
    "company": gettext_lazy("E-mail addresses of colleagues in your company, separated by commas."),
    "company_seats": gettext_lazy(
        "E-mail addresses of colleagues in your company who may use support, separated by commas."
    ),
    "anyone": gettext_lazy("E-mail addresses, separated by commas. These people can read and answer, too."),
}


class RefusableForm(forms.Form):
    """A form whose action may say no: the words go beside the field that they are about."""

    def refuse(self, refusal: Refused) -> None:
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))

    @classmethod
    def unchecked(cls, typed: Any, **more: Any) -> "RefusableForm":
        """With what was typed, and without a word on what is wrong with it yet."""
        return cls(initial={name: typed.get(name) for name in typed}, **more)


class FilesField(forms.Field):
    """Stands for a message's files, so that a refusal of one has its place."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, label=gettext_lazy("Files"))


def _with_its_hint(row: dict[str, Any]) -> str:
    """A severity as one chooses it: its name, and what it means where the desk says so (A9)."""
    if not (hint := label(row.get("hints") or {})):
        return label(row["labels"])
    return format_html('{}<span class="help">{}</span>', label(row["labels"]), hint)


class NewRequestForm(RefusableForm):
    """A request for help: what a good one names, and no more than the desk asks for."""

    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=200,
        help_text=gettext_lazy("What is it about, in a few words?"),
        error_messages={"required": gettext_lazy("Please write what it is about.")},
    )
    product = forms.TypedChoiceField(label=gettext_lazy("Product"), required=False, coerce=int, empty_value=None)
    module = forms.TypedChoiceField(label=gettext_lazy("Module"), required=False, coerce=int, empty_value=None)
    severity = forms.ChoiceField(
        label=gettext_lazy("How badly does it get in the way?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose how badly it gets in the way.")},
    )
    body = forms.CharField(
        label=gettext_lazy("Description"),
        widget=forms.Textarea(attrs={"rows": 8, "data-keep": "new"}),
        help_text=gettext_lazy(
            "What were you doing, what did you expect, and what happened? "
            "Name the customer, invoice or document it concerns, and quote error messages."
        ),
        error_messages={"required": gettext_lazy("Please describe it.")},
    )
    organization = forms.TypedChoiceField(label=gettext_lazy("On behalf of"), coerce=int)
    copies = forms.CharField(
        label=gettext_lazy("Copies to"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, viewer: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["files"] = FilesField()
        self._offer_products()
        self._offer_severities()
        self._offer_organizations(viewer)
        self.fields["copies"].help_text = str(_COPIES_HELP[the_desk().who_is_copied])

    def _offer_products(self) -> None:
        catalog = desk_queries.catalog()
        self._products = {product.pk: product for product, _modules in catalog}
        self._modules = {module.pk: module for _product, modules in catalog for module in modules}
        if not self._products:
            del self.fields["product"], self.fields["module"]
            return
        unsure = ("", pgettext_lazy("a choice of product or module", "Not sure, or another"))
        self._choices("product", [unsure, *((pk, str(product)) for pk, product in self._products.items())])
        if not self._modules:
            del self.fields["module"]
            return
        # Grouped, so that the choice is plain without a script; one hides the groups of other products.
        groups = [
            (str(product), [(pk, str(module)) for pk, module in self._modules.items() if module.product_id == of])
            for of, product in self._products.items()
        ]
        self._choices("module", [unsure, *((name, modules) for name, modules in groups if modules)])

    def _offer_severities(self) -> None:
        if rows := the_desk().severities:
            self._choices("severity", [(row["key"], _with_its_hint(row)) for row in rows])
        else:
            del self.fields["severity"]

    def _offer_organizations(self, viewer: Actor) -> None:
        """Asked only of those who belong to several."""
        ids = policy.companies_to_submit_for(viewer)
        self._organizations = {row.pk: row for row in people.organizations().filter(pk__in=ids)} if len(ids) > 1 else {}
        if self._organizations:
            self._choices("organization", [(pk, self._organizations[pk].name) for pk in ids])
        else:
            del self.fields["organization"]

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_copies(self) -> list[str]:
        return addresses(self.cleaned_data["copies"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        module = self._modules.get(cleaned.get("module") or 0)
        if module is not None:
            # Whoever chose a module and no product chose both.
            product = cleaned.get("product") or module.product_id
            if product != module.product_id:
                self.add_error("module", _("This module does not belong to the product."))
            cleaned["product"] = product
        return cleaned

    @property
    def wanted(self) -> dict[str, Any]:
        """What `tickets.actions.submit` takes."""
        cleaned = self.cleaned_data
        product: Product | None = self._products.get(cleaned.get("product") or 0)
        module: Module | None = self._modules.get(cleaned.get("module") or 0)
        organization: Organization | None = self._organizations.get(cleaned.get("organization") or 0)
        return {
            "subject": cleaned["subject"],
            "body": from_text(cleaned["body"]),
            "product": product,
            "module": module,
            "severity": cleaned.get("severity", ""),
            "organization": organization,
            "copies": cleaned["copies"],
        }


class FactsForm(RefusableForm):
    """What the requester may change of a request's facts (F15)."""

    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=200,
        error_messages={"required": gettext_lazy("A request needs a subject.")},
    )
    severity = forms.ChoiceField(label=gettext_lazy("How badly does it get in the way?"))

    def __init__(self, *args: Any, severity: str = "", **more: Any) -> None:
        """severity: what the request has now; one without is not made to choose."""
        super().__init__(*args, **more)
        field = self.fields["severity"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(row["key"], label(row["labels"])) for row in the_desk().severities]
        if not field.choices:
            del self.fields["severity"]
        elif severity not in dict(field.choices):
            field.choices = [("", _("Not said")), *field.choices]
            field.required = False


class ReplyForm(RefusableForm):
    """An answer, and what goes with it."""

    body = forms.CharField(
        label=gettext_lazy("Your message"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, number: int, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["files"] = FilesField()
        self.fields["body"].widget.attrs["data-keep"] = f"reply-{number}"

    def clean_body(self) -> str:
        return from_text(self.cleaned_data["body"])


class CopyForm(RefusableForm):
    """Somebody to put in copy."""

    copies = forms.CharField(
        label=gettext_lazy("E-mail address"),
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Please write an e-mail address.")},
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["copies"].help_text = str(_COPIES_HELP[the_desk().who_is_copied])

    def clean_copies(self) -> list[str]:
        return addresses(self.cleaned_data["copies"])


def addresses(text: str) -> list[str]:
    """Addresses parted by commas, semicolons, spaces or lines. Raises ValidationError, naming a wrong one."""
    found = list(dict.fromkeys(part.strip("<>").lower() for part in re.split(r"[,;\s]+", text) if part.strip("<>")))
    for address in found:
        try:
            validate_email(address)
        except ValidationError:
            raise ValidationError(_("“%(address)s” is not an e-mail address.") % {"address": address[:100]}) from None
    if len(found) > MOST_COPIES:
        raise ValidationError(_("At most %(count)d people can be in copy.") % {"count": MOST_COPIES})
    return found
