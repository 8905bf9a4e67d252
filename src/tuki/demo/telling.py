"""A story told as a ticket: which actions happen, by whom and when."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from tuki.demo.content import FILES, Agent, Cast, Line, Story, filled
from tuki.desk.models import Module, Product
from tuki.files import actions as files
from tuki.files.models import File
from tuki.journal.via import Via
from tuki.lib.html import from_text
from tuki.people.actor import Actor
from tuki.people.models import Person, Team
from tuki.tickets import actions
from tuki.tickets.models import Message, State, Status, Ticket

Step = tuple[datetime, Callable[[datetime], None]]

# What is done without a word is done shortly before or after something is said.
_SOON = timedelta(minutes=2)
# A customer who has said thanks and comes back after this was told in between that it is solved.
_COMES_BACK = timedelta(hours=20)


@dataclass(frozen=True)
class Stage:
    """What the blueprint and the cast have become in the database, by key."""

    cast: Cast
    persons: Mapping[str, Person]
    teams: Mapping[str, Team]
    products: Mapping[str, Product]
    modules: Mapping[tuple[str, str], Module]
    statuses: Mapping[str, Status]  # by key, and by state where that is no key


@dataclass
class Telling:
    """One story on its way to be a ticket. said_at: the moment of each of its lines."""

    story: Story
    said_at: list[datetime]
    stage: Stage
    ticket: Ticket = field(init=False)
    messages: dict[int, Message] = field(default_factory=dict)

    def steps(self) -> Iterator[Step]:
        """Everything that happens, each with its moment; not in order."""
        yield self.said_at[0], self._submit
        if (triaged := self._triaged_at()) is not None:
            yield triaged, self._triage
        for n, line in enumerate(self.story.lines):
            if n:
                yield self.said_at[n], partial(self._say, n)
            if self._is_new_here(n):
                yield self._before(n), partial(self._let_in, n)
            if line.new_subject:
                yield self._after(n), partial(self._rename, n)
            if line.solve and line.by in self.stage.cast.customers:
                yield self._after(n), partial(self._solve, n)
            if line.hand_over:
                yield self._after(n), partial(self._hand_over, n)
            if line.redact:
                yield self._before(self._next_agent(n)), partial(self._redact, n)
            if self._is_left_alone(n):
                yield self._after(n), self._rest
        if not self._ends_with_words():
            yield self._after(len(self.story.lines) - 1), self._end

    # When.

    def _triaged_at(self) -> datetime | None:
        """An agent takes it on before they first write. Nobody has looked at a new one."""
        if self._final.state == State.NEW:
            return None
        first = self._next_agent(-1)
        if not first:  # nobody has answered yet, or it was a call: then whoever took it
            return self._after(0)
        return max(self._before(first), self.said_at[0] + (self.said_at[first] - self.said_at[0]) / 2)

    def _after(self, n: int) -> datetime:
        """Shortly after a line, before the next."""
        if n + 1 < len(self.said_at):
            return min(self.said_at[n] + _SOON * 10, self.said_at[n] + (self.said_at[n + 1] - self.said_at[n]) / 3)
        return self.said_at[n] + _SOON * 2

    def _before(self, n: int | None) -> datetime:
        return self.said_at[n] - _SOON if n is not None else self._after(len(self.said_at) - 1)

    def _next_agent(self, after: int) -> int | None:
        """The number of the next line that is an agent's."""
        lines = enumerate(self.story.lines)
        return next((n for n, line in lines if n > after and line.by in self.stage.cast.agents), None)

    def _is_new_here(self, n: int) -> bool:
        """Whether a colleague speaks whom support had to ask in first."""
        known = {self.story.requester, *self.story.copies, *(line.by for line in self.story.lines[:n])}
        return self.story.lines[n].by in self.stage.cast.customers.keys() - known

    def _is_left_alone(self, n: int) -> bool:
        """Whether a customer has the last word for long, and then comes back."""
        lines = self.story.lines
        first = self._next_agent(-1)
        if n + 1 >= len(lines) or lines[n].solve or first is None or first > n:
            return False
        both_theirs = not {lines[n].by, lines[n + 1].by} & self.stage.cast.agents.keys()
        return both_theirs and lines[n + 1].after >= _COMES_BACK

    def _ends_with_words(self) -> bool:
        """Whether the last line says where the ticket stands in the end."""
        return self._sets_status(len(self.story.lines) - 1) is not None or self._final.state in {State.NEW, State.OPEN}

    # What.

    @property
    def _final(self) -> Status:
        return self.stage.statuses[self.story.status]

    def _submit(self, at: datetime) -> None:
        story, line = self.story, self.story.lines[0]
        by = self._by(line, at)
        on_a_form = line.via != Via.EMAIL  # a mail names neither product nor severity
        self.ticket = actions.submit(
            self._filled(story.subject),
            self._html(line),
            requester=self.stage.persons[story.requester],
            product=self.stage.products[story.product] if on_a_form else None,
            module=self.stage.modules[story.product, story.module] if on_a_form and story.module else None,
            severity=story.severity if on_a_form else "",
            copies=[self.stage.persons[key].email for key in story.copies],
            files=self._files(line, by),
            by=by,
        )
        self.messages[0] = self.ticket.messages.get()

    def _triage(self, at: datetime) -> None:
        """An agent reads it, puts it where it belongs and takes it."""
        story = self.story
        first = self._next_agent(-1)
        by = self._as(story.lines[first].by if first is not None else self._someone_of_the_team(), at)
        if story.confidential:
            actions.set_confidential(self.ticket, True, by=by)
        actions.hand_over(self.ticket, self.stage.teams[story.team], by=by)
        module = self.stage.modules[story.product, story.module] if story.module else None
        actions.change_product(self.ticket, self.stage.products[story.product], module, by=by)
        actions.set_priority(self.ticket, story.priority, by=by)
        if story.tags:
            actions.tag(self.ticket, add=story.tags, by=by)
        if story.priority == 1 and not story.confidential:
            # The administrator keeps an eye on what stops somebody's work.
            actions.follow(self.ticket, by=self._as(self.stage.cast.administrator.key, at))
        if any(line.hand_over for line in story.lines):
            actions.assign(self.ticket, by.person, by=by)
        elif story.assignee:
            actions.assign(self.ticket, self.stage.persons[story.assignee], by=by)

    def _someone_of_the_team(self) -> str:
        """Who takes on what no agent has written on."""
        agents: list[Agent] = [one for one in self.stage.cast.agents.values() if self.story.team in one.teams]
        return self.story.assignee or agents[0].key

    def _say(self, n: int, at: datetime) -> None:
        line = self.story.lines[n]
        by = self._by(line, at)
        html, attached, status = self._html(line), self._files(line, by), self._sets_status(n)
        if line.internal:
            self.messages[n] = actions.note(self.ticket, html, files=attached, by=by)
        else:
            self.messages[n] = actions.reply(self.ticket, html, files=attached, status=status, by=by)

    def _sets_status(self, n: int) -> Status | None:
        """The status an agent sets with a public word: that it is solved, or with the last one where it stands."""
        line = self.story.lines[n]
        if n == 0 or line.internal or line.by not in self.stage.cast.agents:
            return None
        if n == max(i for i, one in enumerate(self.story.lines) if not one.internal):
            return self._final
        return self.stage.statuses[State.SOLVED] if line.solve else None

    def _end(self, at: datetime) -> None:
        """Nobody had more to say: whoever had it says where it stands."""
        actions.set_status(self.ticket, self._final, by=self._as(self._who_has_it(), at))

    def _rest(self, at: datetime) -> None:
        """Nobody has more to say for now."""
        actions.solve(self.ticket, by=self._as(self._who_has_it(), at))

    def _who_has_it(self) -> str:
        spoke = [line.by for line in self.story.lines if line.by in self.stage.cast.agents]
        return self.story.assignee or (spoke[-1] if spoke else self._someone_of_the_team())

    def _let_in(self, n: int, at: datetime) -> None:
        colleague = self.stage.persons[self.story.lines[n].by]
        actions.add_copy(self.ticket, colleague.email, by=self._as(self._who_has_it(), at))

    def _rename(self, n: int, at: datetime) -> None:
        line = self.story.lines[n]
        actions.change_subject(self.ticket, self._filled(line.new_subject), by=self._as(line.by, at))

    def _solve(self, n: int, at: datetime) -> None:
        actions.solve(self.ticket, by=self._as(self.story.lines[n].by, at))

    def _hand_over(self, n: int, at: datetime) -> None:
        """To another team, and to who answers there next; the last time to who has it in the end."""
        line, later = self.story.lines[n], self._next_agent(n)
        by = self._as(line.by, at)
        actions.hand_over(self.ticket, self.stage.teams[line.hand_over], by=by)
        again = any(one.hand_over for one in self.story.lines[n + 1 :])
        taker = self.story.lines[later].by if again and later is not None else self.story.assignee
        if taker:
            actions.assign(self.ticket, self.stage.persons[taker], by=by)

    def _redact(self, n: int, at: datetime) -> None:
        reader = self._next_agent(n)
        key = self.story.lines[reader].by if reader is not None else self._who_has_it()
        actions.redact_message(self.messages[n], by=self._as(key, at))

    # Words.

    def _as(self, key: str, at: datetime, via: str = Via.WEB) -> Actor:
        return Actor(self.stage.persons[key], Via(via), at)

    def _by(self, line: Line, at: datetime) -> Actor:
        return self._as(line.by, at, line.via)

    def _html(self, line: Line) -> str:
        return from_text(self._filled(line.text))

    def _filled(self, text: str) -> str:
        return filled(text, self.story, self.stage.cast, self.said_at[0].date())

    def _files(self, line: Line, by: Actor) -> list[File]:
        return [files.store((FILES / name).read_bytes(), name, by=by) for name in line.files]
