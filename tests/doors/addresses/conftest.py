"""The scene that the addresses are asked on."""

import json
from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from django.test import Client, RequestFactory

from tests.conftest import later
from tests.doors.addresses import help_center
from tests.doors.addresses.scene import Scene, file, file_of, followers, lost_mail, mail_in, mails_of, places
from tests.doors.addresses.setup import ACCOUNT_FIELDS
from tests.passkeys import passkey_of
from tuki.desk.models import WhoGivesSeats, WhoSees
from tuki.jobs.models import Job
from tuki.knowledge.models import Article, Category, Section, Translation
from tuki.mail import actions as mails
from tuki.mail import lists as mail_lists
from tuki.people import actions as people
from tuki.people import invitations
from tuki.people.actor import Actor
from tuki.people.models import Import, Package, Team
from tuki.tickets import actions, leave_links, marks
from tuki.tickets.models import Ticket


@pytest.fixture
def signed_in():
    """Somebody's browser; of somebody who has just typed their password. Nobody's for None."""

    def open_one(actor: Actor | None, **more: Any) -> Client:
        browser = Client(raise_request_exception=False, headers={"Accept-Language": "en"}, **more)
        if actor is not None:
            browser.force_login(actor.person)
            asked = RequestFactory().get("/")
            asked.session = browser.session
            record_authentication(asked, actor.person, method="password", reauthenticated=True)
            asked.session.save()
        return browser

    return open_one


@pytest.fixture
def cast(request, acme, globex) -> dict[str, Actor]:
    names = ["dora", "ada", "bert", "nils", "carol", "eva", "otto", "hanna", "root"]
    return {name: request.getfixturevalue(name) for name in names}


@pytest.fixture
def matters(rules, teams, cast) -> dict[str, Ticket]:
    """The tickets."""
    rules(who_sees=WhoSees.MANAGERS, who_gives_seats=WhoGivesSeats.COMPANY)
    Team.objects.filter(private=True).update(labels={"en": "Papaya"})
    ada, eva = cast["ada"], cast["eva"]

    def ask(word: str, **more: Any) -> Ticket:
        return actions.submit(f"The {word}", f"<p>It is {word}.</p>", files=[file(word, ada)], by=ada, **more)

    payroll, secret, gone = ask("walnut"), ask("almond"), ask("pecan")
    own = ask("medlar", follow_up_of=payroll, mentions=secret, copies=["nils@acme.example"])
    for ticket in (own, secret):
        actions.assign(ticket, eva.person, by=eva)
    actions.hand_over(own, teams["support"], by=eva)
    actions.hand_over(payroll, teams["payroll"], by=eva)
    actions.set_confidential(secret, True, by=eva)
    actions.trash(gone, by=eva)
    return {"own": own, "payroll": payroll, "secret": secret, "gone": gone}


@pytest.fixture
def scene(matters, cast, acme, globex, signed_in, settings) -> Scene:
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # slow in life, on purpose
    ada, eva = cast["ada"], cast["eva"]
    own = matters["own"]
    note = actions.note(own, "<p>A raisin among us.</p>", files=[file("raisin", eva)], by=eva)
    mail_in(f"[Festum #{own.number}] The medlar", ada)
    mail_in(f"[Festum #{matters['payroll'].number}] The walnut", ada, "walnut")
    mail_in("The fig", None, "fig")
    kept = {"internal": False, "at": eva.at}
    leaving = marks.save_draft(eva.person, own, "<p>quince</p>", files=[file("quince", eva)], **kept)
    actions.send_soon(leaving, by=later(eva, hours=1))
    draft = marks.save_draft(eva.person, own, "<p>quince</p>", files=[file("quince", eva)], **kept)
    marks.save_draft(eva.person, matters["secret"], "<p>quince</p>", **kept)

    new = people.add_person("new@globex.example", name="New", language="en", by=cast["root"])
    further = people.add_address(ada.person, "ada@elsewhere.example", by=ada)
    elsewhere = UserSession.objects.create(
        user=ada.person, session_key=signed_in(ada).session.session_key, ip="127.0.0.1", user_agent=""
    )
    said = {"said": own.messages.first(), "note": note, "mailed": own.messages.get(raw_mail__isnull=False)}
    said |= {f"{name}_said": matters[name].messages.earliest("pk") for name in ("payroll", "secret", "gone")}
    named = {name: actor.person_id for name, actor in cast.items()}
    named |= {name: ticket.number for name, ticket in matters.items()}
    named |= {name: message.pk for name, message in said.items()}
    named |= {f"{name}_file": file_of(ticket.messages.first()) for name, ticket in matters.items()}
    named |= {"note_file": file_of(note), "upload": file("damson", ada).pk, "spare": file("damson", ada).pk}
    named["place"] = cast["nils"].person.memberships.get().pk
    named |= {"acme": acme.pk, "globex": globex.pk, "draft": draft.pk, "leaving": leaving.pk}
    named |= {"passkey": passkey_of(ada.person, "Elderberry")[1].pk}
    named |= {"address": further.pk, "session": elsewhere.pk, "key": EmailConfirmationHMAC(further).key}
    named |= mails_of(matters) | {"job": Job.objects.create(kind="mail.decide", state="failed").pk}
    named |= {"rule": mails.add_spam_rule("sender", "spammer@elsewhere.example", by=eva).pk}
    mails.suppress("nobody@elsewhere.example", by=eva)
    named |= {"suppressed": mail_lists.suppressed().get().pk}
    named |= {"lost": lost_mail(own, eva).pk, "leave": leave_links.token_for(own, cast["nils"].person)}
    named |= {"team": cast["eva"].person.teams.get().pk, "place": ada.person.memberships.get().pk}
    table = people.begin_import("a.csv", b"email\nfig@acme.example", by=cast["root"])
    Import.objects.filter(pk=table.pk).update(state=Import.State.TRIED)
    named |= {"table": table.pk}
    named |= {"package": Package.objects.create(key="large", labels={"en": "Large"}, seats=20).pk}
    named |= help_center.build(cast)
    seen = {"room_seen": Category.objects.get(pk=named["room"]), "shelf_seen": Section.objects.get(pk=named["shelf"])}
    seen |= {f"{name}_seen": Article.objects.get(pk=named[name]) for name in ("plain", "teams")}
    named |= {name: json.dumps({"mark": thing.mark}) for name, thing in seen.items()}
    versions = {"version": "plain", "teams_version": "teams"}
    named |= {key: Translation.objects.get(article=named[name]).version for key, name in versions.items()}
    named |= followers(named["shelf"])
    account = ACCOUNT_FIELDS | {"port": 9, "mailbox": None, "folder": "Sent"}
    named |= {"source": mails.add_source(**account, by=cast["root"]).pk}
    named |= places(cast, acme) | {"unfollow": leave_links.company_token_for(acme.pk, cast["carol"].person)}
    named |= {"token": invitations.token_for(new)}
    # A sign-in ends what was sent before to choose a new password, so all are in before that is.
    browsers = {"none": signed_in(None)} | {name: signed_in(actor) for name, actor in cast.items()}
    named |= {"reset": f"{user_pk_to_url_str(ada.person)}-{default_token_generator.make_token(ada.person)}"}
    return Scene(named, browsers)
