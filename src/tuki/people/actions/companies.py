"""Customer companies: what they are called, what they bought, who of them sees what."""

import re
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.desk.models import WhoSees
from tuki.journal.record import record
from tuki.lib.refusal import Refused, require
from tuki.people import events, policy
from tuki.people.actions._joining import taken_over
from tuki.people.actions._seating import require_room_for_all
from tuki.people.actor import Actor
from tuki.people.models import Domain, Membership, Organization, Package, Person

_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}")


def add_organization(
    name: str,
    *,
    code: str = "",
    domains: Iterable[str] = (),
    who_sees: str = "",
    package: Package | None = None,
    by: Actor,
) -> Organization:
    """Make a customer company. New people whose address is in one of its mail domains will belong to it."""
    require(policy.may_run_people(by))
    with transaction.atomic():
        if code and Organization.objects.filter(code=code).exists():
            raise Refused(_("Another company has this code."), field="code")
        name = name.strip()[:200]
        organization = Organization.objects.create(
            name=name, folded_name=name.casefold()[:400], code=code, who_sees=who_sees, package=package
        )
        _have_domains(organization, domains)
        record(events.OrganizationAdded(), on=organization, by=by)
    return organization


def change_organization(
    organization: Organization,
    *,
    name: str | None = None,
    code: str | None = None,
    note: str | None = None,
    domains: Iterable[str] | None = None,
    by: Actor,
) -> Organization:
    """Correct what is given, leave the rest. Raises Refused, naming the field, where another company has it."""
    require(policy.may_run_people(by))
    wanted = {"name": name and name.strip()[:200], "code": code and code.strip()[:64], "note": note}
    with transaction.atomic():
        organization = _locked(organization)
        changed = [key for key, value in wanted.items() if value is not None and getattr(organization, key) != value]
        for key in changed:
            setattr(organization, key, wanted[key])
        if "name" in changed and not organization.name:
            raise Refused(_("A company has a name."), field="name")
        if code and Organization.objects.filter(code=organization.code).exclude(pk=organization.pk).exists():
            raise Refused(_("Another company has this code."), field="code")
        organization.folded_name = organization.name.casefold()[:400]
        organization.save(update_fields=[*changed, "folded_name"])
        if domains is not None and _have_domains(organization, domains):
            changed.append("domains")
        if changed:
            record(events.OrganizationChanged(changed), on=organization, by=by)
    return organization


def _have_domains(organization: Organization, domains: Iterable[str]) -> bool:
    """Make its mail domains these. Whether that changed any."""
    wanted = {domain.strip().lower().lstrip("@") for domain in domains} - {""}
    before = set(organization.domains.values_list("name", flat=True))
    for domain in sorted(wanted - before):
        if not _DOMAIN.fullmatch(domain):
            raise Refused(_("“%(domain)s” is not a mail domain.") % {"domain": domain[:100]}, field="domains")
        if Domain.objects.filter(name=domain).exists():
            raise Refused(_("“%(domain)s” belongs to another company.") % {"domain": domain}, field="domains")
        Domain.objects.create(name=domain, organization=organization)
    organization.domains.filter(name__in=before - wanted).delete()
    return wanted != before


def name_account_manager(organization: Organization, agent: Person | None, *, by: Actor) -> None:
    """Say who of ours answers for what a company buys: what it asks for of that comes to them (A3)."""
    require(policy.may_run_people(by))
    if agent is not None and not (agent.is_agent and agent.is_active):
        raise Refused(_("An account manager is one of support's people."), field="account_manager")
    with transaction.atomic():
        organization = _locked(organization)
        if organization.account_manager_id != (agent and agent.pk):
            organization.account_manager = agent
            organization.save(update_fields=["account_manager"])
            record(events.OrganizationChanged(["account_manager"]), on=organization, by=by)


def change_visibility(
    organization: Organization, who_sees: str, *, colleagues_take_part: bool | None = None, by: Actor
) -> None:
    """Let a company's people see its tickets as it asked, instead of as the desk has it (H11).

    who_sees: one of WhoSees, or empty for the desk's own rule. colleagues_take_part: unset, as the desk has it.
    """
    require(policy.may_run_people(by))
    with transaction.atomic():
        organization = _locked(organization)
        asked = (WhoSees(who_sees).value if who_sees else "", colleagues_take_part)
        if (organization.who_sees, organization.colleagues_take_part) != asked:
            organization.who_sees, organization.colleagues_take_part = asked
            organization.save(update_fields=["who_sees", "colleagues_take_part"])
            record(events.VisibilityChanged(*asked), on=organization, by=by)


def _locked(organization: Organization) -> Organization:
    return Organization.objects.select_for_update().get(pk=organization.pk)


def merge_organizations(kept: Organization, duplicate: Organization, *, by: Actor) -> Organization:
    """Make two rows one company: domains, people and, through those who hear of it, tickets move.

    Raises Refused for itself, for one that was merged already, and, with names, where its people would hold more seats
    together than its package brings.
    """
    require(policy.may_run_people(by))
    with transaction.atomic():
        # As in merge_persons.
        both = Organization.objects.select_for_update(no_key=True).filter(pk__in=[kept.pk, duplicate.pk]).order_by("pk")
        rows = {row.pk: row for row in both}
        if len(rows) != 2:
            raise Refused(_("A company can't be merged with itself."))
        kept, duplicate = rows[kept.pk], rows[duplicate.pk]
        if kept.merged_into_id or duplicate.merged_into_id:
            raise Refused(_("This company was merged already."))
        Domain.objects.filter(organization=duplicate).update(organization=kept)
        for membership in Membership.objects.filter(organization=duplicate).select_related("person", "organization"):
            taken_over(membership, membership.person, kept, by=by)
        require_room_for_all(kept, kept.package, by.at)
        duplicate.merged_into = kept
        duplicate.save(update_fields=["merged_into"])
        record(events.OrganizationsMerged(duplicate.pk), on=kept, by=by)
    return kept
