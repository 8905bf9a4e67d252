"""Every page that a desk has, filled with what there is to be seen: for what each page owes to everybody."""

import re
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from zlib import crc32

from django.utils import timezone

from tests.conftest import LONG_AGO, later
from tests.desks import help_center
from tests.passkeys import passkey_of
from tuki.desk.queries import the_desk
from tuki.files.actions import store
from tuki.jobs.models import Job
from tuki.jobs.worker import run_ready
from tuki.journal.via import Via
from tuki.mail import actions as mails
from tuki.mail.models import Delivery, RawMail, Source
from tuki.people import actions as people
from tuki.people import invitations
from tuki.people.actor import Actor
from tuki.people.models import Package, Person
from tuki.people.queries import memberships
from tuki.tickets import actions, leave_links, marks
from tuki.tickets.models import Status, Ticket

CAST = ("ada", "bert", "carol", "dora", "nils", "eva", "otto", "root")


@dataclass(frozen=True)
class Place:
    """A page, and who of the cast looks at it: none is nobody signed in. {…} stands for what `fill` names."""

    who: str
    address: str
    status: int = 200

    @property
    def half(self) -> int:
        """0 or 1, the same in every language: for whoever looks at one half of all pages so, and at the other else."""
        return crc32(f"{self.who} {re.sub(r'^/hc/[a-z]{2}', '', self.address)}".encode()) % 2


def places(desk: str, language: str) -> list[Place]:
    hc = f"/hc/{language}"
    return [
        *(
            Place("none", address)
            for address in [
                hc,
                *("{room_page}", "{shelf_page}", "{article_page}", "{short_page}"),
                f"{hc}/search",
                f"{hc}/search?query=osto",
                f"{hc}/search?query=xyzzy",
                f"{hc}/signed-up",
                f"{hc}/following/sent",
                f"{hc}/following/sections/{{followed}}",
                f"{hc}/following/confirmation/{{follow_asked}}",
                f"{hc}/following/leave/{{stop}}",
                f"{hc}/following/leave-digests/{{follows}}",
                f"{hc}/following/of/{{follows}}",
                f"{hc}/privacy",
                f"{hc}/accessibility",
                f"{hc}/welcome/{{token}}",
                f"{hc}/invitation-sent",
                "/account/login/",
                "/account/login/code/",
                "/account/password/reset/",
                "/account/password/reset/done/",
                "/account/password/reset/key/x-y/",
                "/account/password/reset/key/done/",
                "/account/signup/",
                "/account/inactive/",
                "/account/confirm-email/",
                "/account/confirm-email/nonsense/",
            ]
        ),
        Place("none", f"{hc}/articles/999", 404),
        Place("none", f"{hc}/following/confirmation/nonsense", 410),
        Place("ada", f"{hc}/following"),
        Place("ada", f"{hc}/following/sections/{{followed}}"),
        *(
            [Place("eva", "{foreign_page}"), Place("none", "{elsewhere_page}", 404)]
            if desk in {"heeros", "festum"}
            else []
        ),
        Place("eva", "{article_page}"),
        Place("none", f"{hc}/welcome/nonsense", 410),
        Place("none", f"{hc}/requests/leave/{{leave}}"),
        Place("none", f"{hc}/company/leave/{{unfollow}}"),
        *(
            Place("ada", address)
            for address in [
                hc,
                f"{hc}/",
                f"{hc}/requests",
                f"{hc}/requests?tab=copied",
                f"{hc}/requests?tab=organization&status=any",
                f"{hc}/requests?q=xyzzy",
                f"{hc}/requests/new",
                f"{hc}/requests/{{open}}",
                f"{hc}/requests/{{solved}}",
                f"{hc}/requests/{{open}}/sent",
                f"{hc}/account",
                f"{hc}/account/addresses",
                f"{hc}/account/sessions",
                "/account/password/change/",
                "/account/reauthenticate/",
                "/account/2fa/",
                "/account/2fa/totp/activate/",
                "/account/2fa/recovery-codes/generate/",
                "/account/2fa/webauthn/add/",
                "/account/2fa/webauthn/reauthenticate/",
                "/account/2fa/webauthn/keys/{passkey}/edit/",
                "/account/2fa/webauthn/keys/{passkey}/remove/",
                "/account/logout/",
            ]
        ),
        *(
            Place("carol", address)
            for address in [
                f"{hc}/company",
                f"{hc}/company/{{acme}}",
                f"{hc}/company/{{acme}}/history",
                f"{hc}/company/{{globex}}",
                f"{hc}/company/{{globex}}/history",
                f"{hc}/requests?tab=organization&status=any",
                f"{hc}/requests/new",
            ]
        ),
        Place("dora", f"{hc}/invitations"),
        Place("bert", f"{hc}/invitations"),
        Place("bert", f"{hc}/requests/{{alone}}"),
        Place("ada", f"{hc}/company", 404),
        Place("ada", f"{hc}/requests/999", 404),
        Place("ada", "/workspace/", 403),
        *([Place("nils", f"{hc}/requests/new", 403)] if desk in {"heeros", "haiilo"} else []),  # elsewhere anyone may
        *(
            Place("eva", f"/workspace/{address}")
            for address in [
                *(
                    f"views/{key}/"
                    for key in ("unassigned", "mine", "teams", "open", "waiting", "solved", "trash", "spam")
                ),
                "tickets/{open}",
                "tickets/{solved}",
                "tickets/new",
                "tickets/{open}/requester?q=ada",
                "tickets/{open}/sight",
                "search?q=xyzzy",
                "drafts",
                "undelivered",
                "spam/rules",
                "settings",
                "messages/{said}/redaction",
                "files/{file}/redaction",
                "people/?q=a",
                "people/{ada}",
                "people/{bert}",
                "people/{ada}/sight",
                "people/{ada}/merge?q=dora",
                "people/{ada}/merge?other={dora}",
                "organizations/{acme}",
                "organizations/{globex}",
                "organizations/{acme}/history",
                "organizations/{globex}/history",
                "people/{nils}",
                "tickets/{alone}",
                "organizations/{acme}/merge?q=globex",
                "organizations/{acme}/merge?other={globex}",
            ]
        ),
        *(
            Place("eva", f"/workspace/guide/articles/{address}")
            for address in [
                *("{twin}/settings", "{twin}/merge", "{twin}/merge?q=osto", "{twin}/merge?q=xyzzy"),
                *("{twin}/merge?other={article}", "{joined}/merged", f"{{twin}}/{language}/preview?as=seats"),
            ]
        ),
        *(
            Place("eva", f"/workspace/guide/{address}")
            for address in [
                *("", "?q=osto", "?q=xyzzy"),
                *(f"lists/{key}" for key in ("drafts", "scheduled", "review", "links", "archived")),
                *("lists/missing", "lists/outdated"),
                *("sections/{section}", "sections/{section}/order", "sections/{announcing}/order", "reports"),
                *("articles/new", "articles/{article}/settings", "articles/{article}/report"),
                *(f"articles/{{article}}/{language}{page}" for page in ("", "/preview", "/revisions")),
                "articles/{article}/{unspoken}",
                f"articles/{{begun}}/{language}",
            ]
        ),
        Place("eva", "/workspace/messages/{said}/article"),
        Place("eva", f"{hc}/articles/{{article}}/preview"),
        Place("eva", "/workspace/guide/arrangement", 404),
        *(
            Place("root", f"/workspace/guide/{address}")
            for address in [
                *("arrangement", "categories/new", "categories/{room}", "categories/{empty_room}"),
                *("categories/{room}/merge", "categories/{room}/merge?into={empty_room}"),
                *("sections/new", "sections/new?into=category-{room}"),
                *("sections/{section}/settings", "sections/{inner}/settings"),
                *("sections/{section}/merge", "sections/{section}/merge?into={ours}"),
            ]
        ),
        Place("eva", "/workspace/tickets/999", 404),
        Place("eva", "/setup/", 403),
        *(
            Place("root", f"/setup/{address}")
            for address in [
                *("", "people", "people?q=xyzzy", "people/new", "people/{ada}", "people/{eva}", "people/{bert}"),
                *("people/{eva}/departure", "companies", "companies?q=xyzzy", "companies/new", "companies/{acme}"),
                *("packages", "packages/{package}", "imports", "imports/{table}", "teams", "teams/{team}", "roles"),
                *("mail/in", "mail/in?end=quarantined", "mail/in?end=lacks_right", "mail/in?q=xyzzy"),
                *("mail/in/{became}", "mail/in/{aside}", "mail/in/{away}", "mail/in/{uncertain}"),
                *("mail/out", "mail/out?state=failed", "mail/out?state=cancelled", "mail/out?q=xyzzy"),
                *("mail/out/{lost}", "mail/out/{told}"),
                *("mail/suppressed", "mail/suppressed?q=xyzzy"),
                *("mail/boxes", "mail/sources/new", "mail/sources/{source}", "mail/check", "jobs"),
            ]
        ),
        Place("root", "/setup/mail/in/999999", 404),
    ]


def _mail(opened: Ticket, ada: Actor) -> dict[str, int]:
    """What came by mail, by its end: on a request, set aside, from a machine, of somebody who may not write yet."""
    tag = f"[{the_desk().subject_tag} #{opened.number}] " if the_desk().subject_tag else ""
    came = {
        "became": (ada.person.email if ada.person else "", f"{tag}Lisää", {}),
        "aside": ("", "Kenen?", {}),
        "away": ("kone@muualla.example", "Poissa", {"Auto-Submitted": "auto-replied"}),
        "uncertain": ("outo@muualla.example", "Saanko?", {}),
    }
    for name, (sender, subject, headers) in came.items():
        mail = EmailMessage()
        if sender:
            mail["From"] = sender
        mail["To"], mail["Subject"], mail["Message-ID"] = the_desk().address, subject, f"<{name}@acme.example>"
        for header, value in headers.items():
            mail[header] = value
        mail.set_content("Näin kävi.\n\n> Ennen\n")
        mail.add_attachment(b"loki", "text", "plain", filename="loki.txt")
        by = Actor(None, Via.EMAIL, timezone.now())
        mails.receive(mail.as_bytes(), envelope_from=sender, envelope_to=[the_desk().address], by=by)
    run_ready()
    return {name: RawMail.objects.get(message_id=f"<{name}@acme.example>").pk for name in came}


def _company(cast: dict[str, Actor], acme: Any, globex: Any, language: str) -> dict[str, Any]:
    """Everything that companies do with their people: Acme's main contact runs both, Globex's package is full."""
    carol, nils, eva, root = (cast[name] for name in ("carol", "nils", "eva", "root"))
    own, others = (memberships(acme).get(person=one.person) for one in (carol, nils))
    has_seats = the_desk().who_gives_seats != "nobody"
    people.name_main_contact(own, by=root)
    people.name_account_manager(acme, eva.person, by=root)
    people.change_organization(acme, note="Soita ennen kuin kirjoitat.", by=eva)
    people.sell_package(acme, Package.objects.order_by("-position")[0], by=root)
    full = Package.objects.order_by("position")[0]
    if has_seats:
        full = people.change_package(full, seats=1, note="Vain yhdelle.", by=root)
        people.give_seat(others, until=later(eva, days=30).at, by=eva)
        people.take_seat(others, by=eva)
    people.sell_package(globex, full, by=root)
    people.join(carol.person, globex, role="manager", by=root)
    for manages in (True, False):
        people.make_manager(others, manages, by=carol)
    gone = people.add_person("poissa@acme.example", name="Poissa Pirkko", language=language, by=root)
    people.suspend(gone.memberships.get(), by=carol)
    people.suspend(others, by=carol)
    people.let_back(others, by=carol)
    people.invite_colleague(acme, "tuleva@acme.example", name="Tuleva Tiina", language=language, by=carol)
    people.invite_colleague(acme, "dora@globex.example", name="Doora", language=language, by=carol)
    turned_down = people.invite_colleague(acme, "ei@acme.example", language=language, by=carol)
    people.end_invitation(turned_down, by=carol)
    people.change_visibility(acme, "everyone", colleagues_take_part=False, by=root)
    cast["carol"] = carol = Actor(Person.objects.get(pk=carol.person_id))  # her place is another by now
    actions.follow_company(acme, by=carol)
    return {"unfollow": leave_links.company_token_for(acme.pk, carol.person)}


_LOST: Any = {"kind": "message", "address": "hukassa@acme.example", "subject": "Vanha murhe", "text": "Ohi on."}


def fill(cast: dict[str, Actor], acme: Any, globex: Any, language: str) -> dict[str, Any]:
    """Let everything happen that leaves a trace, before eyes that read this language. No word of it is English."""
    Person.objects.filter(pk__in=[actor.person_id for actor in cast.values()]).update(language=language)
    for name, actor in cast.items():
        cast[name] = Actor(Person.objects.get(pk=actor.person_id))
    ada, bert, dora, eva, otto = (cast[name] for name in ("ada", "bert", "dora", "eva", "otto"))
    grave = [row["key"] for row in the_desk().severities] or ["", ""]  # some desks ask for none
    status = {row.state: row for row in reversed(Status.objects.order_by("position"))}
    file = store(b"loki\n", "loki.txt", by=ada)
    long_ago = ada.when(LONG_AGO)

    solved = actions.submit("Vanha murhe", "<p>Se oli.</p>", by=long_ago)
    actions.reply(solved, "<p>Ohi on.</p>", status=status["solved"], by=later(eva.when(LONG_AGO), hours=1))
    gone = actions.submit("Turha", "<p>Ei mitään.</p>", by=ada)
    actions.trash(gone, by=eva)
    junk = actions.submit("Roskaa", "<p>Osta!</p>", by=dora)
    actions.mark_as_spam(junk, by=eva)
    mails.block_sender("huijari@muualla.example", by=eva)
    mails.suppress("bert@acme.example", by=eva)
    lost = mails.post(**_LOST, language=language, author_id=eva.person_id, by=eva)
    assert lost is not None
    Delivery.objects.filter(pk=lost.pk).update(state="failed", last_answer="550 5.1.1 No such user, please check")
    opened = actions.submit(
        "Erä jumissa",
        "<p>Kesken jäi.</p>",
        severity=grave[0],
        files=[file],
        copies=["bert@acme.example"],
        follow_up_of=solved,
        by=ada,
    )
    mention = actions.submit("Sama vika", "<p>Meilläkin.</p>", mentions=opened, by=dora)
    actions.assign(mention, otto.person, by=eva)
    alone = actions.submit("Adan oma", "<p>Vain luettavaksi.</p>", by=ada)
    actions.submit("Bertin oma", "<p>Kopio.</p>", copies=["ada@acme.example"], by=bert)
    actions.assign(opened, otto.person, by=eva)
    actions.assign(opened, eva.person, by=eva)
    for team in (eva.person.teams.get(), otto.person.teams.get(), None, eva.person.teams.get()):
        actions.hand_over(opened, team, by=eva)
    actions.set_priority(opened, 2, by=eva)
    if grave[1]:
        actions.change_severity(opened, grave[1], by=ada)
    actions.change_subject(opened, "Erä yhä jumissa", by=ada)
    actions.tag(opened, add=["sepa"], by=eva)
    actions.follow(opened, by=otto)
    actions.unfollow(opened, by=otto)
    actions.set_confidential(opened, True, by=eva)
    actions.set_confidential(opened, False, by=eva)
    actions.note(opened, "<p>Kysyin pankista.</p>", by=eva)
    actions.reply(opened, "<p>Mikä erä?</p>", quoted="<p>Kesken jäi.</p>", by=eva)
    actions.set_status(opened, status["hold"], by=eva)
    actions.solve(opened, by=ada)
    said = actions.reply(opened, "<p>Uudestaan.</p>", by=ada)
    hidden = actions.reply(opened, "<p>010190-123X</p>", files=[store(b"x", "tunnus.txt", by=ada)], by=ada)
    actions.redact_message(hidden, by=eva)
    actions.remove_copy(opened, bert.person, by=ada)
    actions.add_copy(opened, "bert@acme.example", by=ada)
    marks.save_draft(eva.person, mention, "<p>Aloitettu.</p>", internal=False, at=eva.at)
    leaving = marks.save_draft(eva.person, opened, "<p>Kohta.</p>", internal=False, at=eva.at)
    assert leaving is not None
    actions.send_soon(leaving, by=later(eva, hours=1))
    new = people.add_person("uusi@globex.example", name="Uusi Uoti", language=language, by=cast["root"])
    people.add_address(ada.person, "ada@muualla.example", by=ada)
    company = _company(cast, acme, globex, language)
    guides = help_center.fill(cast, language)
    mail = _mail(opened, ada)
    Job.objects.create(kind="mail.send", state="failed", attempts=12, last_error="OSError: not there")
    source = mails.add_source(host="127.0.0.1", port=9, security="none", user="tuki", secret="x", by=cast["root"])
    Source.objects.filter(pk=source.pk).update(trouble="closed", last_error="not with you", failing_since=eva.at)
    return {
        **mail,
        **company,
        **guides,
        "lost": lost.pk,
        "told": Delivery.objects.exclude(pk=lost.pk).latest("pk").pk,
        "source": source.pk,
        "open": opened.number,
        "solved": solved.number,
        "alone": alone.number,
        "nils": cast["nils"].person_id,
        "said": said.pk,
        "file": file.pk,
        "ada": ada.person_id,
        "bert": bert.person_id,
        "dora": dora.person_id,
        "eva": eva.person_id,
        "table": people.begin_import("taulukko.csv", b"email,role\nx,boss\n", by=cast["root"]).pk,
        "team": eva.person.teams.get().pk,
        "acme": acme.pk,
        "globex": globex.pk,
        "package": Package.objects.values_list("pk", flat=True)[0],
        "passkey": passkey_of(ada.person, "Kannettava")[1].pk,
        "token": invitations.token_for(new),
        "leave": leave_links.token_for(opened, bert.person),
    }
