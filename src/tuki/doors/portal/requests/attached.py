"""A form's files: those that went up while it was written, and those that come with it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from tuki.doors.arrivals import Request
from tuki.files import actions
from tuki.lib.refusal import Refused
from tuki.tickets import policy

if TYPE_CHECKING:
    from tuki.files.models import File


@dataclass
class Attached:
    """wrong: why some are not among the files, each named."""

    files: list["File"] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def attached(request: Request) -> Attached:
    """Take up all that a form carries, so that it is there again when the form comes back with a mistake.

    A file whose button says "remove" (without a script, that sends the form) is let go.
    """
    found = Attached(kept(request, request.POST.getlist("file")))
    if len(found.files) < len({*request.POST.getlist("file")}):
        found.wrong.append(_("A file is no longer there. Please attach it again."))
    if unwanted := [file for file in found.files if str(file.pk) == request.POST.get("remove")]:
        found.files.remove(unwanted[0])
        actions.let_go(unwanted[0], by=request.actor)
    for content in request.FILES.getlist("files"):
        if len(found.files) >= settings.FILES_PER_MESSAGE:
            found.wrong.append(_("“%(name)s” is one too many.") % {"name": content.name})
            continue
        try:
            found.files.append(actions.store(content, content.name or "", by=request.actor))
        except Refused as refusal:
            found.wrong.append(str(refusal))
    if len(found.files) > settings.FILES_PER_MESSAGE:
        found.wrong.append(
            _("A message can carry up to %(count)d files. Please remove some.") % {"count": settings.FILES_PER_MESSAGE}
        )
    return found


def kept(request: Request, ids: list[str]) -> list["File"]:
    """The uploads of these ids that are the viewer's own and in no message yet, in the order they came."""
    numbers = [pk for pk in ids if pk.isdecimal() and len(pk) < 18][:100]
    if not numbers:
        return []
    own = policy.visible_files(request.actor).filter(pk__in=numbers, taken=False)
    return list(own.order_by("pk"))


def is_unfinished(request: Request) -> bool:
    """Whether the form was sent only to add or remove a file, as it is where there is no script."""
    return "remove" in request.POST or "attach" in request.POST
