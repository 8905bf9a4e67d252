"""What is held beside ours: pages that do as little as can be, on the very server that ours runs on.

L1: a bare Django view that answers a constant 30 kB page. L2: three plain SQL queries and a compiled template, for a
list of 50 tickets; no ORM, no session. L3: the same page by the ORM and Django's templates, and nothing else.

`python -m bench.yardsticks --port N` serves them as `/L1`, `/L2?person=…` and `/L3?person=…`.
"""

import os
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any

import click
import django
from django.http import HttpRequest, HttpResponse

_PAGE = b"<!doctype html>" + b"<p>Nothing to see here, and thirty thousand bytes of it.</p>" * 500

_LIST = """
    SELECT t.id, t.number, t.subject, t.priority, t.confidential, t.updated_at,
           s.state, s.labels, p.name, o.name, a.name, g.labels
    FROM tickets_ticket t
    JOIN tickets_status s ON s.id = t.status_id
    JOIN people_person p ON p.id = t.requester_id
    LEFT JOIN people_organization o ON o.id = t.organization_id
    LEFT JOIN people_person a ON a.id = t.assignee_id
    LEFT JOIN people_team g ON g.id = t.team_id
    WHERE t.solved_at IS NULL AND t.trashed_at IS NULL
    ORDER BY t.updated_at DESC, t.id DESC LIMIT 51
"""
_LAST_WORDS = """
    SELECT t.id, (
        SELECT excerpt FROM tickets_message m WHERE m.ticket_id = t.id ORDER BY m.sent_at DESC, m.id DESC LIMIT 1
    ) FROM tickets_ticket t WHERE t.id IN ({})
"""
_READ = "SELECT ticket_id, at FROM tickets_readmark WHERE person_id = %s AND ticket_id IN ({})"


def l1(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_PAGE)


def l2(request: HttpRequest) -> HttpResponse:
    from django.db import connection

    with connection.cursor() as cursor:
        raw = cursor.cursor  # the driver's own
        sqlite = connection.vendor == "sqlite"
        mark = "?" if sqlite else "%s"
        rows = raw.execute(_LIST).fetchall()[:50]
        ids = [row[0] for row in rows]
        marks = ",".join([mark] * len(ids))
        words = dict(raw.execute(_LAST_WORDS.format(marks), ids).fetchall())
        asked = _READ.format(marks).replace("%s", mark, 1)
        read = dict(raw.execute(asked, [request.GET["person"], *ids]).fetchall())
    lines = "".join(_line(row, words.get(row[0]), read.get(row[0])) for row in rows)
    return HttpResponse(_SHELL.format(title="All open", lines=lines))


def _line(row: tuple[Any, ...], words: str | None, read: Any) -> str:
    _pk, number, subject, priority, confidential, at, state, status, requester, company, assignee, team = row
    subject = escape(subject)
    held_by = escape(assignee) if assignee else f'<span class="muted">{_label(team)}</span>' if team else ""
    return (
        f'<tr id="t{number}"{"" if read and read >= at else " class=unread"} data-last="{escape(words or "")}">'
        f'<td><input type="checkbox" name="ticket" value="{number}" aria-label="#{number} {subject}"></td>'
        f'<td><span class="pill pill-{state}">{_label(status)}</span></td><td>{number}</td>'
        f'<td><a href="/workspace/tickets/{number}">{subject}</a>{"<i>Confidential</i>" if confidential else ""}'
        f'<span class="last">{escape(words or "")}</span></td><td>{escape(requester)}</td>'
        f"<td>{escape(company or '')}</td><td>{priority or ''}</td><td>{held_by}</td><td>{_time(at)}</td></tr>"
    )


def _time(at: Any) -> str:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f'<time datetime="{moment.isoformat()}">{moment:%d.%m.%Y %H:%M}</time>'


def _label(labels: Any) -> str:
    return escape((_read(labels) if isinstance(labels, str) else labels)["en"])


@lru_cache
def _read(labels: str) -> dict[str, str]:
    import json

    found: dict[str, str] = json.loads(labels)
    return found


_SHELL = (
    '<!doctype html><html lang="en"><head><title>{title}</title></head><body><h1>{title}</h1><table><thead><tr>'
    "<th></th><th>Status</th><th>No.</th><th>Subject</th><th>Requester</th><th>Organization</th><th>Priority</th>"
    "<th>Assignee</th><th>Updated</th></tr></thead><tbody>{lines}</tbody></table></body></html>"
)

_TEMPLATE = """{% load i18n %}<!doctype html><html lang="en"><head><title>{{ title }}</title></head><body>
<h1>{{ title }}</h1>
<table><thead><tr><th></th><th>Status</th><th>No.</th><th>Subject</th><th>Requester</th><th>Organization</th>
<th>Priority</th><th>Assignee</th><th>Updated</th></tr></thead><tbody>
{% for row in rows %}
<tr id="t{{ row.number }}"{% if row.unread %} class="unread"{% endif %} data-last="{{ row.last_words }}">
<td><input type="checkbox" name="ticket" value="{{ row.number }}" aria-label="#{{ row.number }} {{ row.subject }}"></td>
<td><span class="pill pill-{{ row.status.state }}">{{ row.status }}</span></td><td>{{ row.number }}</td>
<td><a href="{% url 'ticket' row.number %}">{{ row.subject }}</a>{% if row.confidential %}<i>Confidential</i>{% endif %}
<span class="last">{{ row.last_words }}</span></td>
<td>{{ row.requester }}</td><td>{{ row.organization|default:"" }}</td><td>{{ row.priority|default:"" }}</td>
<td>{% if row.assignee %}{{ row.assignee }}{% elif row.team %}<span class="muted">{{ row.team }}</span>{% endif %}</td>
<td><time datetime="{{ row.updated_at|date:'c' }}">{{ row.updated_at|date:"d.m.Y H:i" }}</time></td></tr>
{% endfor %}</tbody></table></body></html>"""


@lru_cache
def _template() -> Any:
    from django.template import engines

    return engines["django"].from_string(_TEMPLATE)


def l3(request: HttpRequest) -> HttpResponse:
    from django.db.models import Exists, OuterRef, Subquery

    from tuki.tickets.models import Message, ReadMark, Ticket

    newest = Message.objects.filter(ticket=OuterRef("pk")).order_by("-sent_at", "-pk")
    read = ReadMark.objects.filter(
        person=int(request.GET["person"]), ticket=OuterRef("pk"), at__gte=OuterRef("updated_at")
    )
    rows = (
        Ticket.objects.filter(solved_at=None, trashed_at=None)
        .select_related("status", "requester", "organization", "assignee", "team")
        .annotate(last_words=Subquery(newest.values("excerpt")[:1]), unread=~Exists(read))
        .order_by("-updated_at", "-pk")[:50]
    )
    return HttpResponse(_template().render({"title": "All open", "rows": rows}))


@click.command()
@click.option("--port", type=int, required=True)
def main(port: int) -> None:
    """Serve the yardsticks on the database of the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuki.config.settings")
    django.setup()
    from django.conf import settings
    from django.urls import path

    settings.MIDDLEWARE = []
    settings.ROOT_URLCONF = (  # a tuple: Django keeps what it makes of it
        path("L1", l1),
        path("L2", l2),
        path("L3", l3),
        path("workspace/tickets/<int:number>", l1, name="ticket"),
    )
    from django.core.wsgi import get_wsgi_application

    from tuki.config.server import web
    from tuki.config.server.layout import Layout
    from tuki.config.server.processes import Post, Processes

    application, listening = get_wsgi_application(), web.listen("127.0.0.1", port)
    count = 1 if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") else 2  # as `tuki serve` has it
    threads = Layout().threads
    Processes(
        [Post(f"web-{n}", lambda: web.run(listening, web.pages(application, threads))) for n in range(count)]
    ).run()


if __name__ == "__main__":
    main()
