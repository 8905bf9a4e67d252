"""What people send by browser: requests and replies, and the work that follows from each."""

import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from bench.desk import Cast
from bench.node import Node
from bench.signed_in import SECRET, cookies
from bench.visitors import Visitor, made, post, visit
from tuki.desk.models import Product
from tuki.jobs.models import Job, State, Timer
from tuki.tickets.models import Ticket

CONNECTIONS = 4
WANTED = 200  # a second: the bar
DRAINED_WITHIN = 60.0  # seconds
_BODY = (
    "The batch was scanned this morning and the invoices do not appear in the circulation. We tried it with two users "
    "and another browser.\n\nThe error message is “Connection was refused (0x80041)”. Salaries are paid on Friday.\n"
)


def write(node: Node, cast: Cast, *, seconds: float) -> dict[str, Any]:
    """Each kind as fast as four connections can, and then at the pace that is wanted, where that is slower."""
    kinds = {"create": creating(cast), "reply": replying(cast), "agent's reply": answering(cast)}
    told = {}
    for name, visitors in kinds.items():
        fastest = told[f"{name}, fastest"] = _measured(node, visitors(), seconds, 0)
        # A little below what it can where it can't do what is wanted: then it shows what the backlog does.
        told[f"{name}, paced"] = _measured(node, visitors(), seconds, min(WANTED, 0.9 * fastest["rate"]))
    return told


def _measured(node: Node, visitors: list[Visitor], seconds: float, rate: float) -> dict[str, Any]:
    before = node.cpu()
    seen = visit(node.port, visitors, seconds=seconds, rate=rate)
    waiting = backlog()
    drained_s = drained()
    return {
        "wanted": round(rate, 1),
        "rate": round(seen.rate, 1),
        "cpu_ms": round(1000 * (node.cpu() - before) / len(seen.times), 2),  # with the work that follows
        "p50_ms": round(seen.percentile(0.5), 1),
        "p99_ms": round(seen.percentile(0.99), 1),
        "longest_ms": round(seen.percentile(1), 1),
        "count": len(seen.times),
        "jobs_at_end": waiting,
        "drained_s": drained_s,
    }


def backlog() -> int:
    """Jobs that could be done now and are not."""
    jobs = Job.objects.filter(state__in=[State.READY, State.RUNNING], run_at__lte=timezone.now())
    return jobs.count() + Timer.objects.filter(queued=False, due_at__lte=timezone.now()).count()


def drained() -> float | None:
    """Seconds until nothing is left to do, also of what was only due in a while; None where that took too long."""
    began = time.monotonic()
    while time.monotonic() - began < DRAINED_WITHIN:
        soon = timezone.now() + timedelta(seconds=DRAINED_WITHIN)  # housekeeping of tomorrow's is no backlog
        jobs = Job.objects.filter(state__in=[State.READY, State.RUNNING], run_at__lte=soon)
        if not Timer.objects.filter(due_at__lte=soon).exists() and not jobs.exists():
            return round(time.monotonic() - began, 1)
        time.sleep(0.1)
    return None


Visitors = Callable[[], list[Visitor]]


def creating(cast: Cast) -> Visitors:
    product = Product.objects.order_by("pk")[0]

    def form(number: int) -> dict[str, str]:
        return {
            "subject": f"The queue stands still again {number}",
            "product": str(product.pk),
            "severity": "hinders",
            "body": _BODY,
        }

    return lambda: [
        Visitor(made(_sends("/hc/en/requests/new", form, cookies(customer))), b"302")
        for customer in cast.customers[-CONNECTIONS:]
    ]


def replying(cast: Cast) -> Visitors:
    def visitors() -> list[Visitor]:
        return [_customer(customer) for customer in cast.customers[:CONNECTIONS]]

    return visitors


def _customer(customer: int) -> Visitor:
    numbers = list(Ticket.objects.filter(requester=customer).order_by("-pk").values_list("number", flat=True)[:40])
    who = cookies(customer)
    # Each reply as its page would send it, to one ticket after the other.
    sends = [_sends(f"/hc/en/requests/{number}/replies", lambda _: {"body": _BODY}, who) for number in numbers]
    return Visitor(made(lambda number: sends[number % len(sends)](number)), b"302")


def answering(cast: Cast) -> Visitors:
    def visitors() -> list[Visitor]:
        open_to_all = Ticket.objects.filter(solved_at=None, confidential=False, team__private=False).order_by("pk")
        numbers = list(open_to_all.values_list("number", flat=True)[: 150 * CONNECTIONS])
        return [_agent(agent, numbers[place::CONNECTIONS]) for place, agent in enumerate(cast.agents[-CONNECTIONS:])]

    return visitors


def _agent(agent: int, numbers: list[int]) -> Visitor:
    who = cookies(agent)
    form = {"kind": "reply", "format": "text", "body": _BODY, "status": "waiting"}
    sends = [_sends(f"/workspace/tickets/{number}/messages", lambda _: form, who) for number in numbers]
    return Visitor(made(lambda number: sends[number % len(sends)](number)), b"302")


def _sends(path: str, form: Callable[[int], dict[str, str]], who: str) -> Callable[[int], bytes]:
    def request(number: int) -> bytes:
        fields = form(number) | {"csrfmiddlewaretoken": SECRET, "once": secrets.token_hex(8)}
        return post(path, fields, who)

    return request
