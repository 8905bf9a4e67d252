"""Setup's addresses. Each is a thing; what is done to it is a POST. Each lets in administrators only."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, path

from tuki.doors.setup.entrance import administrators_only
from tuki.doors.setup.views import (
    boxes,
    check,
    companies,
    departures,
    home,
    imports,
    jobs,
    mail_in,
    mail_out,
    members,
    packages,
    people,
    suppressed,
    teams,
)


def _path(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
    return path(route, administrators_only(view), name=name)


app_name = "setup"
urlpatterns = [
    _path("", home.home, "home"),
    _path("people", people.people, "people"),
    _path("people/new", people.new_person, "new_person"),
    _path("people/<int:pk>", people.person, "person"),
    _path("people/<int:pk>/role", people.role, "person_role"),
    _path("people/<int:pk>/teams", people.teams, "person_teams"),
    _path("people/<int:pk>/closure", people.closure, "person_closure"),
    _path("people/<int:pk>/invitation", people.invitation, "person_invitation"),
    _path("people/<int:pk>/departure", departures.departure, "departure"),
    _path("companies", companies.companies, "companies"),
    _path("companies/new", companies.new_company, "new_company"),
    _path("companies/<int:pk>", companies.company, "company"),
    _path("companies/<int:pk>/visibility", companies.visibility, "company_visibility"),
    _path("companies/<int:pk>/package", companies.package, "company_package"),
    _path("companies/<int:pk>/invitations", companies.invitations, "company_invitations"),
    _path("members/<int:pk>/seat", members.seat, "member_seat"),
    _path("members/<int:pk>/role", members.role, "member_role"),
    _path("members/<int:pk>/suspension", members.suspension, "member_suspension"),
    _path("members/<int:pk>/main-contact", members.main_contact, "member_main_contact"),
    _path("members/<int:pk>/invitation/removal", members.withdrawal, "member_withdrawal"),
    _path("imports", imports.imports, "imports"),
    _path("imports/<int:pk>", imports.batch, "import"),
    _path("imports/<int:pk>/run", imports.run, "import_run"),
    _path("imports/<int:pk>/report", imports.report, "import_report"),
    _path("packages", packages.packages, "packages"),
    _path("packages/<int:pk>", packages.package, "package"),
    _path("teams", teams.teams, "teams"),
    _path("teams/<int:pk>", teams.team, "team"),
    _path("roles", teams.roles, "roles"),
    _path("mail/in", mail_in.ledger, "mail_in"),
    _path("mail/in/<int:pk>", mail_in.mail, "mail"),
    _path("mail/in/<int:pk>/source", mail_in.source, "mail_source"),
    _path("mail/in/<int:pk>/files/<int:number>", mail_in.file, "mail_file"),
    _path("mail/in/<int:pk>/reading", mail_in.reading, "mail_reading"),
    _path("mail/in/<int:pk>/dismissal", mail_in.dismissal, "mail_dismissal"),
    _path("mail/in/<int:pk>/place", mail_in.place, "mail_place"),
    _path("mail/in/<int:pk>/admission", mail_in.admission, "mail_admission"),
    _path("mail/out", mail_out.outbox, "mail_out"),
    _path("mail/out/failures", mail_out.failures, "failures"),
    _path("mail/out/<int:pk>", mail_out.delivery, "delivery"),
    _path("mail/out/<int:pk>/html", mail_out.html, "delivery_html"),
    _path("mail/out/<int:pk>/sending", mail_out.sending, "delivery_sending"),
    _path("mail/out/<int:pk>/cancellation", mail_out.cancellation, "delivery_cancellation"),
    _path("mail/suppressed", suppressed.addresses, "suppressed"),
    _path("mail/suppressed/<int:pk>/removal", suppressed.removal, "suppression_removal"),
    _path("mail/boxes", boxes.boxes, "boxes"),
    _path("mail/sources/new", boxes.new_source, "new_source"),
    _path("mail/sources/<int:pk>", boxes.source, "source"),
    _path("mail/sources/<int:pk>/trial", boxes.trial, "source_trial"),
    _path("mail/sources/<int:pk>/fetching", boxes.fetching, "source_fetching"),
    _path("mail/sources/<int:pk>/removal", boxes.removal, "source_removal"),
    _path("mail/check", check.check, "check"),
    _path("jobs", jobs.jobs, "jobs"),
    _path("jobs/<int:pk>/run", jobs.run, "job_run"),
]
