"""People and companies from a table: given, tried, read through, taken in."""

import csv
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tuki.doors.arrivals import Request
from tuki.doors.setup import frame
from tuki.doors.setup.company_forms import TableForm
from tuki.doors.setup.views.people import say
from tuki.lib import paging
from tuki.lib.refusal import Refused
from tuki.people import actions, lists

if TYPE_CHECKING:
    from tuki.people.models import Import

SIZE = 20
_WRONG = 200  # lines told on the page; the report has all


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: Request) -> HttpResponse:
    """Give us a table; those that were given before."""
    form = TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            begun = actions.begin_import(file.name, file.read(), by=request.actor)
        except Refused as refusal:
            say(form, refusal)
        else:
            return redirect("setup:import", begun.pk)
    page = paging.page_by_id(lists.imports(), request.GET.get("at", ""), SIZE)
    status = 422 if form.errors else 200
    return frame.show(request, "setup/imports.html", {"form": form, "page": page}, at="imports", status=status)


@require_safe
def batch(request: Request, pk: int) -> HttpResponse:
    """How far a table has come, and what is wrong in it."""
    found = _found(pk)
    context = {"batch": found, "progress": lists.progress(found), "wrong": lists.wrong_lines(found)[:_WRONG]}
    return frame.show(request, "setup/import.html", context, at="imports")


@require_POST
def run(request: Request, pk: int) -> HttpResponse:
    """Do it for real."""
    actions.run_import(_found(pk), by=request.actor)
    messages.success(request, _("The table is being taken in."))
    return redirect("setup:import", pk)


@require_safe
def report(request: Request, pk: int) -> HttpResponse:
    """What became of each line, for a table program."""
    found = _found(pk)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{found.pk}.csv"'
    answer.write("\ufeff")  # by which table programs know UTF-8
    sheet = csv.writer(answer, delimiter=";")
    sheet.writerow([_("Line"), _("Company"), _("E-mail address"), _("Result")])
    done = _("done") if found.state == "done" else _("can be done")
    for line in lists.all_lines(found):
        cells = (line.data["company"] or line.data["code"], line.data["email"], line.words or done)
        sheet.writerow([line.number, *map(_plain, cells)])
    return answer


def _plain(cell: str) -> str:
    """Words, where a table program would take them for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def _found(pk: int) -> "Import":
    return get_object_or_404(lists.imports(), pk=pk)
