"""Whether others will believe that the desk's mail is the desk's."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from tuki.doors.arrivals import Request
from tuki.doors.setup import frame
from tuki.mail.trust.check import check as look


@require_safe
def check(request: Request) -> HttpResponse:
    """What is found in the DNS and at the mail server, once it is asked for: that takes some seconds."""
    report = look() if request.GET.get("look") else None
    return frame.show(request, "setup/check.html", {"report": report}, at="check")
