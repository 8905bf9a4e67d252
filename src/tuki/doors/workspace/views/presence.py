"""A browser says that its agent has a ticket open."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.views import tickets
from tuki.live import presence as live


@require_POST
def presence(request: AgentRequest, number: int) -> HttpResponse:
    """Now and then while the page is open, at once when typing begins or ends, and when it is left."""
    ticket = tickets.find(request, number)
    if request.POST.get("left"):
        live.left(request.actor, ticket.pk)
    else:
        live.seen(request.actor, ticket.pk, request.POST.get("typing") == "1")
    return HttpResponse(status=204)
