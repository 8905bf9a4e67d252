"""By what mail is put away as spam: blocked senders, and further rules."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tuki.doors.workspace import frame
from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.forms import SpamRuleForm
from tuki.lib import paging
from tuki.lib.refusal import Refused
from tuki.mail import actions, queries


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: AgentRequest) -> HttpResponse:
    """Show them all, and add one."""
    form = SpamRuleForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.add_spam_rule(form.cleaned_data["sign"], form.cleaned_data["value"], by=request.actor)
        except Refused as refusal:
            form.add_error("value", str(refusal))
        else:
            messages.success(request, _("From now on, such mail is put away as spam."))
            return redirect("workspace:spam_rules")
    page = paging.page(queries.spam_rules(), "made_at", request.GET.get("at", ""), 50)
    context = {"form": form, "page": page}
    return frame.show(request, "workspace/spam_rules.html", context, at="spam", status=422 if form.errors else 200)


@require_POST
def removal(request: AgentRequest, pk: int) -> HttpResponse:
    """Take a rule off; a sender is blocked no longer."""
    rule = get_object_or_404(queries.spam_rules(), pk=pk)
    actions.remove_spam_rule(rule, by=request.actor)
    messages.success(request, _("“%(value)s” is no sign of spam any more.") % {"value": rule.value})
    return redirect("workspace:spam_rules")
