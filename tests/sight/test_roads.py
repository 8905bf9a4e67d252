"""Roads on which word of a ticket goes out by itself, comes in by mail, or is counted: against the same oracle."""

import re
from email.message import EmailMessage
from email.policy import SMTP
from itertools import product

from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.utils import timezone

from tests.nodes import cookie_of
from tests.sight import oracle
from tests.sight.asking import differences, foreign, in_turn, seen
from tests.sight.oracle import SIGHT, Matter, Rules, Someone
from tests.sight.world import World, have
from tuki.doors.email.decide import decide
from tuki.journal.via import Via
from tuki.live import streams, topics
from tuki.mail import actions as mails
from tuki.mail.addresses import reply_address
from tuki.mail.models import Outcome, RawMail
from tuki.notifications.letters import Letter, letters_about
from tuki.people import lists
from tuki.people import queries as people
from tuki.people.actor import Actor
from tuki.tickets import policy, queries
from tuki.tickets.models import Message
from tuki.tickets.queries import sight

DESK = "help@desk.example"
COUNT = re.compile(r'id="place-(\w+)"(?:(?!</a>).)*<span class="count">(\d+)', re.S)


def told(letter: Letter) -> str:
    """All that a mail says, its files too."""
    files = [default_storage.open(file["path"]).read().decode() for file in letter.attachments]
    return " ".join([letter.subject, letter.text, letter.html, str(letter.earlier), *files])


def test_a_mail_leaves_only_for_those_who_still_read_its_ticket(world):
    wrong = []
    for n, rules in enumerate(SIGHT):
        have(rules)
        for matter in in_turn(world.matters, 16, 3 * n):
            ticket = world.tickets[matter].pk
            found = {who.name for who in world.people if policy.reads_now(world.persons[who].pk, ticket)}
            expected = {who.name for who in world.people if oracle.reads_by_mail(rules, who, matter)}
            wrong += differences(found, expected, rules, matter.name)

    assert wrong == []


def test_supports_answer_is_mailed_to_those_whom_the_oracle_says_with_their_own_matters_words(world):
    wrong = []
    author = next(one for one in world.people if one.name == "support")
    for n, rules in enumerate(SIGHT):
        have(rules)
        for matter in in_turn(world.matters, 16, n):
            letters = letters_about(world.answers[matter])
            hear = {world.persons[who].email for who in world.people if oracle.hears(rules, who, matter)}
            hear -= {world.persons[author].email}
            wrong += differences({letter.person.email for letter in letters}, hear, rules, matter.name)
            for letter in letters:
                wrong += foreign(world, {matter}, told(letter), letter.person)

    assert wrong == []


def test_of_a_new_ticket_hear_those_in_copy_and_followers_who_see_all_their_companys(world):
    wrong = []
    for n, rules in enumerate(SIGHT):
        have(rules)
        for matter in in_turn(world.matters, 16, n):
            letters = letters_about(world.news[matter])
            others = [who for who in world.people if who != matter.requester]
            expected = [
                *(("message", who.name) for who in others if oracle.hears(rules, who, matter)),
                *(("colleague_asked", who.name) for who in others if oracle.hears_of_new(rules, who, matter)),
            ]
            names = {world.persons[who].pk: who.name for who in others}
            found = [(letter.kind, names[letter.person.pk]) for letter in letters if letter.person.pk in names]
            wrong += differences(found, expected, rules, matter.name)
            for letter in letters:
                wrong += foreign(world, {matter}, told(letter), letter.person)

    assert wrong == []


def test_whom_a_company_lets_follow_it_and_see_all_its_tickets_is_named_and_counted_alike(world):
    wrong, customers = [], world.customers
    for rules in SIGHT:
        have(rules)
        for company, row in world.companies.items():
            expected = {who.name for who in customers if oracle.follows(rules, who, company)}
            may = {who.name for who in customers if policy.may_follow_company(world.viewer(who), row.pk)}
            seeing = {place.person_id for place in lists.who_sees(row)}
            shown = {who.name for who in customers if world.persons[who].pk in seeing}
            wrong += differences(may, expected, rules, company.name) + differences(shown, expected, rules, company.name)
            matter = next(one for one in world.matters if one.company == company)
            counted = sight.colleagues_who_see(world.tickets[matter])
            wrong += differences([counted.how_many], [str(len(expected))], rules, company.name)

    assert wrong == []


def test_seats_are_counted_by_the_moment_and_not_by_who_came_by_to_end_them(world):
    used = lists.seats_used(row.pk for row in world.companies.values())
    for company, row in world.companies.items():
        places = [(who, place) for who in world.people for place in who.places if place.company == company]
        held = {world.persons[who] for who, place in places if place.seat == "live"}

        assert {seat.membership.person for seat in people.seats_in_use(row)} == held
        assert {place.person for place in people.memberships(row) if place.seat} == held
        assert used[row.pk] == len(held)
        free = {world.persons[who] for who, place in places if place.seat != "live" and not place.suspended}
        assert {place.person for place in people.without_seat(row)} == free


def test_an_agents_views_count_and_list_what_the_oracle_says(world):
    wrong = []
    for who in (one for one in world.people if one.kind == "agent" and not one.closed):
        visible = [matter for matter in world.matters if oracle.sees(Rules(), who, matter)]
        browser = Client()
        browser.force_login(world.persons[who])
        for view in ("unassigned", "mine", "teams", "waiting"):
            page = browser.get(f"/workspace/views/{view}/").content.decode()
            wrong += foreign(world, set(visible), page, who.name, view, notes=True)
            standing = {world.tickets[one].number for one in visible if view in oracle.stands_in(who, one)}
            rows = {int(number) for number in re.findall(r'href="/workspace/tickets/(\d+)', page)}
            wrong += differences(rows, standing, who.name, view)
        counts = {view: sum(view in oracle.stands_in(who, one) for one in visible) for view in queries.VIEWS}
        found = {view: int(count) for view, count in COUNT.findall(page)}
        wrong += differences(found.items(), {pair for pair in counts.items() if pair[1]}, who.name)

    assert wrong == []


def test_people_are_suggested_to_agents_only_and_nobody_whose_account_is_closed(world):
    wrong = []
    for who in [*in_turn(world.customers, 20, 3), *(one for one in world.people if one.kind == "agent")]:
        browser = Client(headers={"HX-Request": "true"})
        if who.closed:
            continue
        browser.force_login(world.persons[who])
        for other in in_turn(world.people, 16, world.people.index(who)):
            address = world.persons[other].email
            answer = browser.get("/workspace/people/", {"q": address})
            found = f'value="{address}"' in answer.content.decode()
            wrong += differences([answer.status_code], [200 if who.kind == "agent" else 403], who.name)
            may_be = who.kind == "agent" and other.kind != "system" and not other.closed
            wrong += differences([found], [may_be], who.name, other.name)

    assert wrong == []


def test_a_companys_page_names_its_people_to_its_managers_and_nobody_elses(world):
    wrong, own = [], {}
    for company in world.companies:
        own[company] = {who for who in world.people if any(place.company == company for place in who.places)}
    for n, who in enumerate(in_turn(world.customers, 4, 0)):
        if who.closed:
            continue
        browser = Client()
        browser.force_login(world.persons[who])
        for company in {*(place.company for place in who.places), *in_turn(list(world.companies), 7, n)}:
            answer = browser.get(f"/hc/en/company/{world.companies[company].pk}")
            manages = oracle.manages(who, company)
            wrong += differences([answer.status_code], [200 if manages else 404], who.name, company.name)
            text = answer.content.decode()
            others = {one for one in world.people if world.persons[one].email in text} - {who}
            wrong += differences(others, own[company] - {who} if manages else (), who.name, company.name)

    assert wrong == []


def test_a_browsers_stream_tells_of_what_its_person_sees_and_of_no_other_companys(world, monkeypatch):
    monkeypatch.setattr(streams, "close_old_connections", lambda: None)  # the world is only on this one
    wrong = []
    wanted = [topics.ticket(number) for number in range(1, len(world.matters) + 1)]
    for n, rules in enumerate(SIGHT):
        have(rules)
        for who in in_turn(world.people, 16, n):
            if who.kind == "system":
                continue
            leave = streams._allowed(cookie_of(world.persons[who]), wanted)
            known = seen(world, rules, who)
            expected = {topics.ticket(world.tickets[one].number) for one in world.matters if one.name in known}
            wrong += differences(leave.topics if leave else (), expected, rules, who.name)
            wrong += differences([leave is None], [who.closed], rules, who.name)

    assert wrong == []


MAILS = [
    Rules("nobody"),
    Rules("managers", False, by_mail="anyone"),
    Rules("seats", True, True, who_submits="members"),
    Rules("everyone", who_submits="anyone", by_mail="seats"),
]


def test_a_reply_by_mail_joins_the_ticket_only_where_its_sender_may_answer(world):
    wrong = []
    for n, rules in enumerate(MAILS):
        have(rules)
        pairs = list(product(world.customers, world.matters))
        may = [pair for pair in pairs if oracle.takes_part(rules, *pair)]
        may_not = [pair for pair in pairs if not oracle.takes_part(rules, *pair)]
        for who, matter in [*in_turn(may, len(may) // 9, n), *in_turn(may_not, len(may_not) // 17, 5 * n)]:
            came = mailed(world, who, matter)
            takes_part, submits = oracle.takes_part(rules, who, matter), oracle.submits(rules, who, by_mail=True)
            expected = Outcome.REPLY if takes_part else Outcome.TICKET if submits else Outcome.QUARANTINED
            wrong += differences([came.outcome], [expected], rules, who.name, matter.name)
            joined = Message.objects.filter(raw_mail=came.pk, ticket=world.tickets[matter])
            wrong += differences([joined.exists()], [takes_part], rules, who.name, matter.name)

    assert wrong == []


def mailed(world: World, who: Someone, matter: Matter) -> RawMail:
    """What became of a mail to the address that was made for them and this ticket."""
    person, ticket = world.persons[who], world.tickets[matter]
    to = reply_address(DESK, ticket.pk, person.pk)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = person.email, to, f"Re: {ticket.subject}"
    mail["Message-ID"] = f"<{person.pk}.{ticket.pk}.{RawMail.objects.count()}@people.example>"
    mail.set_content(f"Yes, {person.pk} of {ticket.pk}.\n")
    came = mails.receive(
        mail.as_bytes(policy=SMTP),
        envelope_from=person.email,
        envelope_to=[to],
        client_ip="",
        helo="mx.people.example",
        by=Actor(None, Via.EMAIL, timezone.now()),
    )
    decide(came, Actor(None, Via.EMAIL, came.received_at), transaction.atomic)
    came.refresh_from_db()
    return came
