"""What the measures come to: rows with their bar, a table for people and JSON for machines."""

import json
import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Row:
    """One measure against its bar. ratio: how much of the bar is reached; 1 and more is well."""

    work: str
    measured: str
    held_against: str
    bar: str
    ratio: float

    @property
    def verdict(self) -> str:
        return "reached" if self.ratio >= 1 else f"**{self.ratio:.2f} of the bar**"


def rows(found: dict[str, Any]) -> Iterator[Row]:
    """The rows of one database."""
    if pages := found.get("reading"):
        yield from _reading(pages)
    if writing := found.get("writing"):
        for name in ("create", "reply", "agent's reply"):
            yield from _writing(name, writing)
    if mail := found.get("mail"):
        accepted, became = mail["accepted_rate"], mail["ticket_rate"]
        yield Row(
            "mail, kept durably",
            f"{accepted:g}/s, p99 {mail['accepted_p99_ms']:g} ms",
            "",
            "200/s",
            accepted / 200,
        )
        yield Row(
            "mail, from SMTP to ticket",
            f"{became:g}/s, {mail['cpu_ms']:g} CPU-ms with what is mailed back",
            "",
            "100/s",
            became / 100,
        )
    if told := found.get("followers"):
        answered = told["publishing answers after ms"]
        yield Row(
            f"publishing to {told['followers']:,} followers",
            f"answered after {answered:g} ms; {told['mails made in a second']:g} mails/s are made, "
            f"{told['CPU-ms for each mail']:g} CPU-ms each",
            f"memory {told['memory before, MiB']:g} MiB, at most {told['memory at most, MiB']:g}",
            "answers at once (< 1 s)",
            1000 / answered,
        )
    at_rest = found["memory_at_rest_mib"]
    after = found["memory_after_mib"]
    yield Row("memory at rest, PSS", f"{at_rest:g} MiB (after all of this: {after:g})", "", "150 MiB", 150 / at_rest)
    yield Row("second start", f"{found['start_s']:g} s", "", "3 s", 3 / found["start_s"])


def _reading(pages: dict[str, Any]) -> Iterator[Row]:
    bars = {"hot": ("L2", 0.4), "cold": ("L3", 1.0), "article, anonymous, hot": ("L1", 0.5)}
    for name, page in pages.items():
        if name in {"L1", "L2", "L3"}:
            continue
        yard, wanted = bars.get(name) or bars.get(name.rpartition(" ")[2], ("L3", 1.0))
        held = pages[yard]
        # By processor time, which other work on the machine disturbs least; rates stand beside it.
        share = held["cpu_ms"] / page["cpu_ms"]
        yield Row(
            f"{name}, page",
            f"{page['rate']:g}/s, {page['cpu_ms']:.2f} CPU-ms, {page['bytes'] / 1000:.0f} kB",
            f"{share:.2f} of {yard} by CPU, {page['rate'] / held['rate']:.2f} by rate",
            f"{wanted:g} of {yard}",
            share / wanted,
        )


def _writing(name: str, writing: dict[str, Any]) -> Iterator[Row]:
    fastest, paced = writing[f"{name}, fastest"], writing[f"{name}, paced"]
    grows = paced["drained_s"] is None or paced["jobs_at_end"] > paced["rate"]  # more than a second's worth
    stalls = max(paced["longest_ms"], fastest["longest_ms"])
    ratio = min(fastest["rate"] / 200, 1000 / stalls)
    if paced["rate"] >= 190 and not grows:
        ratio = 1000 / stalls
    elif grows:
        ratio = min(ratio, 0.99)
    yield Row(
        name,
        f"{fastest['rate']:g}/s at most, {fastest['cpu_ms']:g} CPU-ms with what follows; "
        f"paced at {paced['wanted']:g}/s: p50 {paced['p50_ms']:g}, p99 {paced['p99_ms']:g}, "
        f"longest {paced['longest_ms']:g} ms",
        f"{_backlog(paced)} (fastest: {_backlog(fastest)})",
        "200/s, no growing backlog, longest < 1 s",
        ratio,
    )


def _backlog(told: dict[str, Any]) -> str:
    after = "not done within a minute" if told["drained_s"] is None else f"done after {told['drained_s']:g} s"
    return f"{told['jobs_at_end']} jobs at the end, {after}"


def page(found: dict[str, Any]) -> str:
    """RESULTS.md but for its notes."""
    lines = [
        "# Results",
        "",
        f"Made by `bin/bench`, {os.cpu_count()} cores, Python {platform.python_version()}. Read ratios, not times.",
    ]
    for database, told in found.items():
        lines += ["", f"## {database}, {told['tickets']:,} tickets, {told['day']}", ""]
        if pages := told.get("reading"):
            yards = (
                f"{name} {pages[name]['rate']:g}/s, {pages[name]['cpu_ms']:.2f} CPU-ms" for name in ("L1", "L2", "L3")
            )
            lines += [f"Yardsticks: {'; '.join(yards)}.", ""]
        lines += ["| work | measured | held against | bar | |", "|---|---|---|---|---|"]
        lines += [
            f"| {row.work} | {row.measured} | {row.held_against} | {row.bar} | {row.verdict} |" for row in rows(told)
        ]
    return "\n".join(lines) + "\n"


def write(found: dict[str, Any]) -> None:
    """Renew RESULTS.md and results.json: databases that were not measured keep what was found before.

    What NOTES.md says of rows below their bar goes along.
    """
    kept = HERE / "results.json"
    before = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    found = before | found
    notes = HERE / "NOTES.md"
    more = "\n" + notes.read_text(encoding="utf-8") if notes.exists() else ""
    (HERE / "RESULTS.md").write_text(page(found) + more, encoding="utf-8")
    kept.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
