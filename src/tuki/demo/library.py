"""A desk's help center: articles from content/ (see its README), written and published by actions with moved clocks."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tuki.conditions.tree import Condition
from tuki.demo import content
from tuki.desk.queries import the_desk
from tuki.files import actions as files
from tuki.files.models import File
from tuki.journal.via import Via
from tuki.knowledge import actions, audience, policy
from tuki.knowledge.models import Article, Kind, Pace, Section, Translation, Views, Vote
from tuki.knowledge.queries.following import to_follow
from tuki.people.actor import Actor
from tuki.people.models import Organization, Package, Person, Team

Step = tuple[datetime, Callable[[datetime], None]]
# What customers hear of, and how often: at once of what goes wrong, once a week of what is new.
_PACES = {Kind.SERVICE: Pace.AT_ONCE, Kind.RELEASES: Pace.WEEKLY}


def fill(desk: str, now: datetime, persons: Mapping[str, Person]) -> None:
    """Let a desk's articles have been written. Its sections are there, from the blueprint.

    First all are begun, so that each can link to any; then they are published in the order in which that happened.
    """
    cast = content.cast(desk)
    shelf = Shelf(desk, now, persons, persons[cast.administrator.key], _audiences(cast))
    written = [Written(path, shelf) for path in sorted((content.CONTENT / desk / "articles").glob("*/*.toml"))]
    begun = sorted(written, key=lambda one: one.made_at)
    for article in begun:
        shelf.articles[article.key] = article.begin()
    for section in {article.section for article in begun}:
        _put_in_order([article for article in begun if article.section == section])
    steps = [step for article in written for step in article.steps()]
    for at, do in sorted(steps, key=lambda step: step[0]):
        do(at)
    for article in written:
        article.let_be_read()
    _let_be_followed(shelf)


def _let_be_followed(shelf: "Shelf") -> None:
    """Every other customer has said yes when asked whether to hear of what goes wrong."""
    customers = [person for person in shelf.persons.values() if not person.is_agent]
    for n, person in enumerate(customers[::2]):
        by = Actor(person, Via.WEB, shelf.day(60 - n % 50))
        for section in policy.visible_sections(by).filter(kind__in=_PACES):
            actions.follow(to_follow(section), pace=_PACES[Kind(section.kind)], by=by)


def _put_in_order(begun: "list[Written]") -> None:
    """Let those of a section that have a place stand first."""
    placed = sorted((one for one in begun if one.position is not None), key=lambda one: one.position or 0)
    for n, one in enumerate(placed):
        one.stand(placed[n - 1] if n else begun[0], after=n > 0)


@dataclass
class Shelf:
    """What is known of the desk while its articles are written."""

    desk: str
    now: datetime
    persons: Mapping[str, Person]
    administrator: Person
    audiences: Mapping[str, Mapping[str, Any]]
    articles: dict[str, Article] = field(default_factory=dict)

    def day(self, age: float) -> datetime:
        """A morning so many days ago, but never the future."""
        zone = ZoneInfo(the_desk().time_zone)
        morning = datetime.combine((self.now - timedelta(days=age)).astimezone(zone).date(), time(9), zone)
        return min(morning, self.now - timedelta(hours=1))


def _audiences(cast: content.Cast) -> dict[str, dict[str, Any]]:
    """The ids of what an audience may name."""
    codes = dict(Organization.objects.values_list("code", "pk"))
    return {
        "organizations": {company.key: codes[company.code] for company in cast.companies.values()},
        "packages": dict(Package.objects.values_list("key", "pk")),
        "teams": dict(Team.objects.values_list("key", "pk")),
        "languages": {language: language for language in the_desk().languages},
    }


_WHOM: dict[str, Condition] = {
    "everyone": audience.EVERYONE,
    "signed_in": audience.signed_in(),
    "seats": audience.seats(),
    "agents": audience.agents(),
}
_NAMED: dict[str, Callable[[list[Any]], Condition]] = {
    "organizations": audience.organizations,
    "packages": audience.packages,
    "teams": audience.teams,
    "languages": audience.languages,
}


class Written:
    """One article's file."""

    def __init__(self, path: Path, shelf: Shelf) -> None:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        self.key, self.section, self._shelf, self._raw = path.stem, path.parent.name, shelf, raw
        self.position: int | None = raw.get("position")
        self._texts: dict[str, dict[str, Any]] = {
            language: raw[language] for language in raw if language in the_desk().languages
        }
        self._source = next(iter(self._texts))
        self._author = shelf.persons.get(raw.get("author", ""), shelf.administrator)
        self.made_at = shelf.day(max(text_age for _language, text_age in self._ages()) + 1)
        self._files: dict[str, File] = {}

    def _ages(self) -> Iterator[tuple[str, float]]:
        for language, text in self._texts.items():
            for revision in (*text.get("earlier", []), text):
                yield language, self._age(language, revision)

    def _age(self, language: str, text: Mapping[str, Any]) -> float:
        later = 0 if language == self._source else 1
        return float(text.get("age_days", max(self._raw["age_days"] - later, 0)))

    def _by(self, at: datetime) -> Actor:
        return Actor(self._author, Via.WEB, at)

    def begin(self) -> Article:
        by, raw = self._by(self.made_at), self._raw
        section = Section.objects.get(key=self.section)
        article = actions.make_article(section, self._texts[self._source]["title"], language=self._source, by=by)
        due = raw.get("review_in_days")
        actions.change_article(
            article,
            promoted=raw.get("promoted", False),
            keywords=raw.get("keywords", []),
            labels=raw.get("labels", []),
            owner=self._shelf.persons.get(raw.get("owner", ""), self._author),
            review_at=(self._shelf.now + timedelta(days=due)).date() if due is not None else None,
            by=by,
        )
        if raw.get("attachments"):
            actions.attach(article, [self._file(name) for name in raw["attachments"]], by=by)
        whom = raw.get("audience", "everyone")
        if whom != "everyone":
            actions.change_article(article, audience=self._condition(whom), by=by)
        return article

    def stand(self, beside: "Written", *, after: bool) -> None:
        here, there = (self._shelf.articles[one.key] for one in (self, beside))
        actions.place_article(here, there, after=after, by=self._by(self._shelf.now))

    def _condition(self, whom: str | Mapping[str, list[str]]) -> Condition:
        if isinstance(whom, str):
            return _WHOM[whom]
        known = self._shelf.audiences
        return audience.both(*(_NAMED[what]([known[what][key] for key in keys]) for what, keys in whom.items()))

    def steps(self) -> Iterator[Step]:
        """What was done to its texts, and when."""
        for language, text in self._texts.items():
            for n, former in enumerate(text.get("earlier", [])):
                merged = {**text, "note": "", **former, "state": "published"}
                yield self._moment(language, former, n), self._writing(language, merged)
            last = len(text.get("earlier", []))
            yield self._moment(language, text, last), self._writing(language, text)

    def _moment(self, language: str, text: Mapping[str, Any], n: int) -> datetime:
        """Revisions of one morning keep their order, and a source comes before its translations."""
        minutes = n + (0 if language == self._source else 30)
        return self._shelf.day(self._age(language, text)) + timedelta(minutes=minutes)

    def _writing(self, language: str, text: Mapping[str, Any]) -> Callable[[datetime], None]:
        def write(at: datetime) -> None:
            by, article = self._by(at), self._shelf.articles[self.key]
            translation = actions.translate(article, language, by=by)
            translation = actions.save_draft(
                translation,
                title=self._dated(text["title"], language),
                body=self._body(text["body"], language),
                version=translation.version,
                by=by,
            )
            self._settle(translation, text, by)

        return write

    def _settle(self, translation: Translation, text: Mapping[str, Any], by: Actor) -> None:
        state = text.get("state", "published")
        if state == "scheduled":
            moment = self._shelf.now + timedelta(days=text["in_days"])
            note = text.get("note", "")
            actions.schedule(translation, version=translation.version, publish_at=moment, note=note, by=by)
        elif state != "draft":
            actions.publish(translation, version=translation.version, note=text.get("note", ""), by=by)
            if state == "archived":
                actions.archive(translation, by=by)

    def _dated(self, text: str, language: str) -> str:
        began: date = self._shelf.day(self._raw["age_days"]).date()
        return content.dated(text, language, began)

    def _body(self, html: str, language: str) -> str:
        """Its dates counted, its pictures uploaded, its links led to where the others came to lie."""
        html = self._dated(html, language)

        def linked(found: re.Match[str]) -> str:
            return f'href="/hc/{language}/articles/{self._shelf.articles[found[1]].pk}"'

        def shown(found: re.Match[str]) -> str:
            file = self._file(found[1])
            return f'src="/hc/files/{file.pk}/{file.name}"'

        html = re.sub(r'href="article:([a-z0-9-]+)"', linked, html)
        return re.sub(r'src="([^"/]+)"', shown, html)

    def _file(self, name: str) -> File:
        if name not in self._files:
            path = content.CONTENT / self._shelf.desk / "articles" / "files" / name
            self._files[name] = files.store(path.read_bytes(), name, by=self._by(self.made_at))
        return self._files[name]

    def let_be_read(self) -> None:
        """What the crowd did, whose names are no part of the story: votes and views, as rows."""
        article, now = self._shelf.articles[self.key], self._shelf.now
        yes, no = self._raw.get("helpful", 0), self._raw.get("unhelpful", 0)
        reasons = list(self._raw.get("reasons", []))
        Vote.objects.bulk_create(
            Vote(
                article=article,
                language=self._source,
                browser=f"{article.pk}-{n}",
                helpful=n >= no,
                reason=reasons[n] if n < min(no, len(reasons)) else "",
                at=now - timedelta(days=1 + n % 28, hours=n % 7),
            )
            for n in range(yes + no)
        )
        Article.objects.filter(pk=article.pk).update(helpful=yes, unhelpful=no)
        each, rest = divmod(self._raw.get("views", 0), 30)
        counts = [(n, each + (n < rest)) for n in range(30)]
        Views.objects.bulk_create(
            Views(article=article, language=self._source, day=(now - timedelta(days=n)).date(), count=count)
            for n, count in counts
            if count
        )
