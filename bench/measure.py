"""All measures on one database, in a process whose environment names it: `python -m bench.measure OPTIONS-AS-JSON`."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuki.config.settings")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # while visitors wait for the clock to run, the database may be asked
django.setup()

from bench import desk, mail, node, reading, writing  # noqa: E402 - they read the settings
from bench.visitors import Visitor, get, in_turn, visit  # noqa: E402
from tests.ports import free_port  # noqa: E402
from tuki.config.server.tables import bring_up_to_date  # noqa: E402


def main(tickets: int, rounds: int, seconds: float, only: list[str], workers: int | None) -> dict[str, Any]:
    """only: which of "reading", "writing" and "mail". workers: how many processes; None leaves it to `tuki serve`."""
    if connection.vendor == "postgresql":
        settings.DATABASES["default"].setdefault("OPTIONS", {})["application_name"] = node.OURSELVES
    bring_up_to_date()
    _say(f"loading {tickets:,} tickets")
    began = time.monotonic()
    cast = desk.fill(tickets)
    told: dict[str, Any] = {"tickets": tickets, "loaded_s": round(time.monotonic() - began, 1)}
    sink = mail.Sink()
    environment = {"TUKI_SMTP_URL": f"smtp://127.0.0.1:{sink.port}"}
    environment |= {"TUKI_DATA": os.environ["TUKI_DATA"], "TUKI_URL": "http://127.0.0.1"}
    with node.tuki(environment) as ours:  # the first start collects static files
        _say(f"first start {ours.started_in:.1f} s")
    with node.tuki(environment, smtp_port=free_port(), workers=workers) as ours:
        told["start_s"] = round(ours.started_in, 2)
        visit(ours.port, [Visitor(in_turn([get("/hc/en")])) for _ in range(4)], seconds=1)
        time.sleep(1)
        told["memory_at_rest_mib"] = round(ours.memory(), 1)
        if "reading" in only:
            _say("reading")
            with node.yardsticks(environment) as yard:
                told["reading"] = reading.read(ours, yard, cast, rounds=rounds, seconds=seconds)
        if "mail" in only:
            _say("mail")
            told["mail"] = mail.mail_in(ours, cast, mails=1000)
        if "writing" in only:
            _say("writing")
            told["writing"] = writing.write(ours, cast, seconds=5)
        told["memory_after_mib"] = round(ours.memory(), 1)
        told["mails_sent"] = sink.taken
    return told


def _say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {Path(os.environ['TUKI_DATA']).name}: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    print(json.dumps(main(**json.loads(sys.argv[1]))))
