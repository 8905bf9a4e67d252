"""What companies can buy, and how much of it is in use."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tuki.doors.arrivals import Request
from tuki.doors.setup import frame
from tuki.doors.setup.company_forms import PackageForm
from tuki.doors.setup.views.people import say
from tuki.lib.refusal import Refused
from tuki.people import actions, lists
from tuki.people.done import lines_of


@require_safe
def packages(request: Request) -> HttpResponse:
    """All of them."""
    return frame.show(request, "setup/packages.html", {"rows": lists.packages()}, at="packages")


@require_http_methods(["GET", "HEAD", "POST"])
def package(request: Request, pk: int) -> HttpResponse:
    """Show a package, and change how many seats it brings."""
    found = get_object_or_404(lists.all_packages(), pk=pk)
    initial = {"seats": found.seats, "note": found.note}
    form = PackageForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            actions.change_package(found, **{"seats": found.seats} | form.cleaned_data, by=request.actor)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("setup:package", pk)
    context = {"row": lists.package_row(found), "form": form, "history": lines_of(found, request.GET.get("at", ""))}
    return frame.show(request, "setup/package.html", context, at="packages", status=422 if form.errors else 200)
