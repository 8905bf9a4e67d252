"""Every page that a desk has, filled with what there is to be seen: for what each page owes to everybody."""

from dataclasses import dataclass
from typing import Any

from tests.conftest import LONG_AGO, later
from tuki.desk.queries import the_desk
from tuki.files.actions import store
from tuki.mail import actions as mails
from tuki.mail.models import Delivery
from tuki.people import actions as people
from tuki.people import invitations
from tuki.people.actor import Actor
from tuki.people.models import Person
from tuki.tickets import actions, leave_links, marks
from tuki.tickets.models import Status


@dataclass(frozen=True)
class Place:
    """A page, and who of the cast looks at it: none is nobody signed in. {…} stands for what `fill` names."""

    who: str
    address: str
    status: int = 200


def places(desk: str, language: str) -> list[Place]:
    hc = f"/hc/{language}"
    return [
        *(
            Place("none", address)
            for address in [
                hc,
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
        Place("none", f"{hc}/welcome/nonsense", 410),
        Place("none", f"{hc}/requests/leave/{{leave}}"),
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
                "/account/logout/",
            ]
        ),
        Place("ada", f"{hc}/requests/999", 404),
        Place("ada", "/workspace/", 403),
        *([Place("nils", f"{hc}/requests/new", 403)] if desk == "heeros" else []),  # at Festum anyone may
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
                "people/{ada}/merge?q=dora",
                "people/{ada}/merge?other={dora}",
                "organizations/{acme}",
                "organizations/{acme}/merge?q=globex",
                "organizations/{acme}/merge?other={globex}",
            ]
        ),
        Place("eva", "/workspace/tickets/999", 404),
    ]


_LOST: Any = {"kind": "message", "address": "hukassa@acme.example", "subject": "Vanha murhe", "text": "Ohi on."}


def fill(cast: dict[str, Actor], acme: Any, globex: Any, language: str) -> dict[str, Any]:
    """Let everything happen that leaves a trace, before eyes that read this language. No word of it is English."""
    Person.objects.filter(pk__in=[actor.person_id for actor in cast.values()]).update(language=language)
    for name, actor in cast.items():
        cast[name] = Actor(Person.objects.get(pk=actor.person_id))
    ada, bert, dora, eva, otto = (cast[name] for name in ("ada", "bert", "dora", "eva", "otto"))
    grave = the_desk().severities
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
    Delivery.objects.filter(pk=mails.post(**_LOST, language=language, author_id=eva.person_id, by=eva).pk).update(
        state="failed"
    )
    opened = actions.submit(
        "Erä jumissa",
        "<p>Kesken jäi.</p>",
        severity=grave[0]["key"],
        files=[file],
        copies=["bert@acme.example"],
        follow_up_of=solved,
        by=ada,
    )
    mention = actions.submit("Sama vika", "<p>Meilläkin.</p>", mentions=opened, by=dora)
    actions.assign(mention, otto.person, by=eva)
    actions.submit("Bertin oma", "<p>Kopio.</p>", copies=["ada@acme.example"], by=bert)
    actions.assign(opened, otto.person, by=eva)
    actions.assign(opened, eva.person, by=eva)
    for team in (eva.person.teams.get(), otto.person.teams.get(), None, eva.person.teams.get()):
        actions.hand_over(opened, team, by=eva)
    actions.set_priority(opened, 2, by=eva)
    actions.change_severity(opened, grave[1]["key"], by=ada)
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
    return {
        "open": opened.number,
        "solved": solved.number,
        "said": said.pk,
        "file": file.pk,
        "ada": ada.person_id,
        "bert": bert.person_id,
        "dora": dora.person_id,
        "acme": acme.pk,
        "globex": globex.pk,
        "token": invitations.token_for(new),
        "leave": leave_links.token_for(opened, bert.person),
    }
