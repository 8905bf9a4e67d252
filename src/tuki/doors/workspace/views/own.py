"""An agent's own settings: what goes with the person, and what this browser remembers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuki.doors.workspace import frame
from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.forms import SettingsForm
from tuki.people import actions


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: AgentRequest) -> HttpResponse:
    """Show and change them."""
    agent = request.agent
    form = SettingsForm(
        request.POST if request.method == "POST" else None,
        initial={
            "display_name": agent.display_name,
            "hears_of_assignments": agent.hears_of_assignments,
            "hears_of_replies": agent.hears_of_replies,
            "shortcuts": request.COOKIES.get(frame.SHORTCUTS) != "off",
            "afterwards": frame.afterwards(request),
        },
    )
    if not form.is_valid():
        return frame.show(
            request, "workspace/settings.html", {"form": form}, at="settings", status=422 if form.is_bound else 200
        )
    actions.change_profile(
        agent,
        display_name=form.cleaned_data["display_name"],
        hears_of_assignments=form.cleaned_data["hears_of_assignments"],
        hears_of_replies=form.cleaned_data["hears_of_replies"],
        by=request.actor,
    )
    messages.success(request, _("Your settings are saved."))
    response = redirect("workspace:settings")
    frame.remember(response, frame.SHORTCUTS, "on" if form.cleaned_data["shortcuts"] else "off")
    frame.remember(response, frame.AFTERWARDS, form.cleaned_data["afterwards"])
    return response
