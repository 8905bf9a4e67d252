"""A help center with something for each audience, for the tables of addresses: a word stands in one article, and its
readers are who may know of it. All of them say "pear", share a label and lie in one section.

{room} {shelf} {plain}       a category, its section, and an article in it that everyone may read
{hidden_room} {hidden_shelf} a category for those with a seat, and its section
{teams_shelf}                a section of team payroll's own, in {room}
{seats} {agents} {teams}     articles for those with a seat, for agents, and for team payroll alone
{unwritten} {joined}         one that was never published, and one that was merged into {plain}
{seats_part} {teams_part}    files of those
"""

from collections.abc import Mapping

from tuki.files.actions import store
from tuki.journal.via import Via
from tuki.knowledge import actions, audience
from tuki.knowledge.models import Article, Section
from tuki.people.actor import Actor
from tuki.people.models import Team
from tuki.people.queries import system

WORDS = {
    "nectarine": {"dora", "ada", "bert", "carol", "eva", "otto", "hanna", "root"},
    "loquat": {"dora", "ada", "bert", "carol", "eva", "otto", "hanna", "root"},
    "mulberry": {"eva", "otto", "hanna", "root"},
    "persimmon": {"hanna"},
    "tamarind": {"eva", "otto", "hanna", "root"},  # in the workspace, where it is written
}


def build(cast: Mapping[str, Actor]) -> dict[str, int]:
    """Let it be there; gives what the addresses name."""
    root, eva, hanna = cast["root"], cast["eva"], cast["hanna"]
    room = actions.make_category({"en": "Room"}, by=root)
    shelf = actions.make_section(room, {"en": "Shelf"}, by=root)
    hidden_room = actions.make_category({"en": "Loquat"}, audience=audience.seats(), by=root)
    hidden_shelf = actions.make_section(hidden_room, {"en": "Loquats"}, by=root)
    payroll = Team.objects.get(key="payroll").pk
    own, machine = audience.teams([payroll]), Actor(system(), Via.RULE)
    teams_shelf = actions.make_section(room, {"en": "Persimmons"}, audience=own, by=machine)
    articles = {
        "plain": _publish(shelf, "Pear", by=eva),
        "seats": _publish(shelf, "Pear nectarine", by=eva, whom=audience.seats(), file="nectarine"),
        "agents": _publish(shelf, "Pear mulberry", by=eva, whom=audience.agents()),
        "teams": _publish(shelf, "Pear persimmon", by=hanna, whom=own, file="persimmon"),
        "unwritten": actions.make_article(shelf, "Pear tamarind", "<p>tamarind</p>", language="en", by=eva),
    }
    joined = actions.make_article(shelf, "Pear tamarind too", "<p>tamarind</p>", language="en", by=eva)
    actions.merge_articles(articles["plain"], joined, by=eva)
    actions.redirect("old/pears", articles["plain"], by=eva)
    actions.redirect("old/other-pears", articles["seats"], by=eva)
    parts = {f"{name}_part": articles[name].attachments.get().file_id for name in ("seats", "teams")}
    places = {
        "teams_shelf": teams_shelf,
        "room": room,
        "shelf": shelf,
        "hidden_room": hidden_room,
        "hidden_shelf": hidden_shelf,
    }
    return parts | {"joined": joined.pk} | {name: row.pk for name, row in (places | articles).items()}


def _publish(section: Section, title: str, *, by: Actor, whom: object = audience.EVERYONE, file: str = "") -> Article:
    article = actions.make_article(section, title, f"<p>About {title}.</p>", language="en", by=by)
    actions.change_article(article, labels=["fruit"], by=by)
    if whom != audience.EVERYONE:
        actions.change_article(article, audience=whom, promoted=True, by=by)
    if file:
        actions.attach(article, [store(f"{file} within".encode(), f"{file}.txt", by=by)], by=by)
    translation = article.translations.get()
    actions.publish(translation, version=translation.version, by=by)
    return article
