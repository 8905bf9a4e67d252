"""What the vendor sells, and what a company has bought of it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.journal.record import record
from tuki.lib.refusal import Refused, require
from tuki.people import events, policy, queries
from tuki.people.actions._seating import require_room_for_all
from tuki.people.actor import Actor
from tuki.people.models import Organization, Package


def sell_package(organization: Organization, package: Package | None, *, by: Actor) -> None:
    """Change what a company has bought. Raises Refused, with names, where more seats are in use than it brings."""
    require(policy.may_run_people(by))
    with transaction.atomic():
        organization = Organization.objects.select_for_update().get(pk=organization.pk)
        old, new = organization.package_id, package.pk if package is not None else None
        if old == new:
            return
        package = package and Package.objects.get(pk=package.pk)
        require_room_for_all(organization, package, by.at)
        record(events.PackageSold(old, new), on=organization, by=by)
        organization.package = package
        organization.save(update_fields=["package"])


def change_package(package: Package, *, seats: int | None, note: str, by: Actor) -> Package:
    """Change how many seats a package brings, and what agents should know of it. Its names are the blueprint's.

    seats: None for as many as are asked for. Raises Refused, with names, where a company uses more.
    """
    require(policy.may_set_up(by))
    with transaction.atomic():
        package = Package.objects.select_for_update().get(pk=package.pk)
        # In one order, as everybody who gives a seat holds their company.
        list(Organization.objects.select_for_update().filter(package=package).order_by("pk").values_list("pk"))
        crowded = ", ".join(f"{company} ({used})" for company, used in queries.overfull(package.key, seats, by.at))
        if crowded:
            raise Refused(_("These companies use more: %(names)s.") % {"names": crowded}, field="seats")
        changed = [key for key, value in (("seats", seats), ("note", note)) if getattr(package, key) != value]
        if changed:
            package.seats, package.note = seats, note
            package.save(update_fields=changed)
            record(events.PackageChanged(changed), on=package, by=by)
    return package
