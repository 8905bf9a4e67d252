"""Hearing of each new request of one's company (A17), and ceasing to, also by the link in its mails."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from tuki.doors.arrivals import Request
from tuki.doors.portal.kept import sign_in_first
from tuki.people import queries as people
from tuki.people.actor import Actor
from tuki.tickets import actions, leave_links, policy, queries


@require_POST
def following(request: Request, language: str, company: int) -> HttpResponse:
    """Follow it, or don't any more; then back to the page that the button stood on."""
    back = reverse("portal:requests", args=[language]) + "?tab=organization"
    person = request.actor.person
    if person is None:
        return sign_in_first(request, back)
    follows = company in queries.companies_followed(person)
    if not (follows or policy.may_follow_company(request.actor, company)):
        raise Http404
    organization = get_object_or_404(people.organizations(), pk=company)
    name = {"company": organization.name}
    if request.POST.get("value") == "yes":
        actions.follow_company(organization, by=request.actor)
        messages.success(request, _("You get a mail for each new request of %(company)s.") % name)
    else:
        actions.unfollow_company(organization, by=request.actor)
        messages.success(request, _("You get no more mail for new requests of %(company)s.") % name)
    on_its_page = request.POST.get("back") == "company"
    return redirect(reverse("portal:company_of", args=[language, company]) if on_its_page else back)


# As with `portal:leave`: the link is the secret, and a mail program that posts here must not be redirected (RFC 8058).
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: Request, language: str, token: str) -> HttpResponse:
    """Ask first. Only a POST ends it, or begins it again while one may."""
    found = leave_links.read_company(token)
    if found is None:
        raise Http404
    organization, person = found
    by = Actor(person, request.actor.via, request.actor.at)
    if request.method == "POST":
        if "back" in request.POST:
            actions.follow_company(organization, by=by)
        else:
            actions.unfollow_company(organization, by=by)
    context = {
        "company": organization.name,
        "address": person.email,
        "follows": organization.pk in queries.companies_followed(person),
        "may_follow": policy.may_follow_company(by, organization.pk),
    }
    return render(request, "portal/company_leave.html", context)
