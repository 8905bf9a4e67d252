"""What is told of the desk's domains. The DNS is a table, so that each thing that may be wrong there is tried."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner
from django.utils import translation

from tests.mail.conftest import forget_the_last_server
from tuki.cli.mail import command
from tuki.config.environment import Smtp
from tuki.mail.sending import smtp
from tuki.mail.sending.signing import public_record
from tuki.mail.sending.smtp import Greeting
from tuki.mail.trust import check
from tuki.mail.trust.check import CouldNotAsk, Finding, Record, Standing, domain_findings, server_findings
from tuki.mail.trust.resolver import Written

KEY = Record("tuki._domainkey.festum.example", "TXT", "v=DKIM1; k=rsa; p=AAAA")
WELL = {
    ("festum.example", "TXT"): ["google-site-verification=1", "v=spf1 a:out.festum.example -all"],
    ("tuki._domainkey.festum.example", "TXT"): ["v=DKIM1; p=AA AA"],
    ("_dmarc.festum.example", "TXT"): ["v=DMARC1; p=quarantine"],
    ("festum.example", "MX"): ["mx.festum.example."],
    ("mx.festum.example", "A"): ["8.8.4.4"],
    ("out.festum.example", "A"): ["8.8.8.8"],
    ("8.8.8.8.in-addr.arpa", "PTR"): ["out.festum.example."],
}
TAKES = Greeting(True, "250 OK", encrypted=True)


def dns(rows: dict[tuple[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    return lambda name, kind: rows.get((name, kind), [])


def look(changed: dict[tuple[str, str], list[str]], *, key: Record | None = KEY, relay: str = "out.festum.example"):
    found = domain_findings("festum.example", relay, key, dns({**WELL, **changed}))
    return {finding.about: finding for finding in found}


def test_a_domain_that_has_it_all_is_told_so():
    assert {about: finding.standing for about, finding in look({}).items()} == dict.fromkeys(
        ("SPF", "DKIM", "DMARC", "MX"), Standing.GOOD
    )


def test_what_is_missing_is_told_with_the_line_to_publish():
    found = look(
        {
            ("festum.example", "TXT"): [],
            (KEY.name, "TXT"): [],
            ("_dmarc.festum.example", "TXT"): [],
            ("festum.example", "MX"): [],
        }
    )

    assert {finding.standing for finding in found.values()} == {Standing.WRONG}
    assert found["SPF"].publish == Record("festum.example", "TXT", "v=spf1 mx a:out.festum.example ~all")
    assert found["DKIM"].publish == KEY
    assert found["DMARC"].publish == Record(
        "_dmarc.festum.example", "TXT", "v=DMARC1; p=none; rua=mailto:postmaster@festum.example"
    )
    assert found["MX"].publish is not None


@pytest.mark.parametrize(
    ("record", "standing"),
    [
        (["v=spf1 ip4:8.8.8.0/24 -all"], Standing.GOOD),
        (["v=spf1 include:provider.example ~all"], Standing.GOOD),
        (["v=spf1 redirect=provider.example"], Standing.GOOD),
        (["v=spf1 mx -all"], Standing.WRONG),  # strict, and our server is not named
        (["v=spf1 mx ~all"], Standing.ADVICE),
        (["v=spf1 exists:%{l}.x.example -all"], Standing.ADVICE),  # only a mail can tell
        (["v=spf1 exists:%{i}.x.example -all"], Standing.WRONG),
        (["v=spf1 +all"], Standing.WRONG),
        (["v=spf1 a:out.festum.example -all", "v=spf1 mx -all"], Standing.WRONG),
        (["v=spf1 a;out.festum.example -all"], Standing.WRONG),
        (["v=spf1 " + "include:chain.example " * 11 + "-all"], Standing.WRONG),
    ],
)
def test_a_sender_policy_is_read_as_receivers_read_it(record, standing):
    rows = {
        ("festum.example", "TXT"): record,
        ("provider.example", "TXT"): ["v=spf1 ip4:8.8.8.8 -all"],
        ("chain.example", "TXT"): ["v=spf1 ip4:9.9.9.9 ?all"],
    }
    assert look(rows)["SPF"].standing == standing


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ("v=spf1 a;out.festum.example -all", "at “a;out.festum.example”"),
        ("v=spf1 " + "include:chain.example " * 11 + "-all", "more than ten"),
        ("v=spf1 a:1.x.example a:2.x.example a:3.x.example -all", "not in the DNS, such as “3.x.example”"),
        ("v=spf1 include:twice.example -all", "includes “twice.example”"),
    ],
)
def test_why_a_policy_is_void_is_told(record, words):
    rows = {
        ("festum.example", "TXT"): [record],
        ("chain.example", "TXT"): ["v=spf1 ip4:9.9.9.9 ?all"],
        ("twice.example", "TXT"): ["v=spf1 +all", "v=spf1 -all"],
    }
    assert words in look(rows)["SPF"].words


def test_a_record_that_forgets_our_server_is_mended_and_keeps_the_rest():
    found = look({("festum.example", "TXT"): ["v=spf1 include:provider.example ~all"], **NOBODY})["SPF"]

    assert found.publish is not None
    assert found.publish.value == "v=spf1 a:out.festum.example include:provider.example ~all"


NOBODY = {("provider.example", "TXT"): ["v=spf1 -all"]}


def test_another_key_than_ours_makes_every_signature_fail():
    assert look({(KEY.name, "TXT"): ["v=DKIM1; p=BBBB"]})["DKIM"].standing == Standing.WRONG


def test_where_the_relay_signs_that_is_said():
    assert look({}, key=None)["DKIM"].standing == Standing.ADVICE


def test_a_subdomain_without_a_policy_has_that_of_the_domain_above():
    rows = {**WELL, ("_dmarc.help.festum.example", "TXT"): [], ("_dmarc.festum.example", "TXT"): ["v=DMARC1; p=reject"]}
    found = domain_findings("help.festum.example", "", None, dns(rows))

    dmarc = next(finding for finding in found if finding.about == "DMARC")
    assert dmarc.found == "v=DMARC1; p=reject"
    assert dmarc.standing == Standing.WRONG  # neither SPF nor DKIM holds: all of our mail is refused


def test_a_policy_that_asks_for_nothing_is_a_beginning():
    assert look({("_dmarc.festum.example", "TXT"): ["v=DMARC1; p=none"]})["DMARC"].standing == Standing.ADVICE


def test_a_domain_that_takes_no_mail_is_wrong():
    assert look({("festum.example", "MX"): ["."]})["MX"].standing == Standing.WRONG


def test_without_a_network_nothing_is_claimed():
    def silent(name: str, kind: str) -> list[str]:
        raise CouldNotAsk("no name server answered")

    found = [
        *domain_findings("festum.example", "out.festum.example", KEY, silent),
        *server_findings("out.festum.example", lambda: TAKES, silent),
    ]

    assert {finding.standing for finding in found if finding.about != "SMTP"} == {Standing.UNKNOWN}
    assert all("no name server answered" in finding.words for finding in found if finding.about != "SMTP")


def server(greeting: Greeting, rows: dict[tuple[str, str], list[str]] = WELL) -> dict[str, Finding]:
    return {one.about: one for one in server_findings("out.festum.example", lambda: greeting, dns(rows))}


def test_the_server_is_looked_at():
    assert {one.standing for one in server(TAKES).values()} == {Standing.GOOD}
    assert server(Greeting(False, "535 wrong password"))["SMTP"].standing == Standing.WRONG
    assert server(Greeting(True, "250 OK", offers_starttls=True))["SMTP"].standing == Standing.ADVICE
    assert server(TAKES, {**WELL, ("8.8.8.8.in-addr.arpa", "PTR"): []})["PTR"].publish == Record(
        "8.8.8.8.in-addr.arpa", "PTR", "out.festum.example."
    )
    assert [one.standing for one in server_findings("", lambda: TAKES, dns({}))] == [Standing.WRONG]


def test_a_server_is_greeted_as_for_a_mail(mail_server, dead_port):
    assert smtp.greet(Smtp("127.0.0.1", mail_server.port)) == Greeting(True, "250 OK")
    assert mail_server.taken == []
    assert not smtp.greet(Smtp("127.0.0.1", mail_server.port, "tuki", "wrong")).answered
    assert not smtp.greet(Smtp("127.0.0.1", dead_port)).answered
    forget_the_last_server()


def test_every_domain_of_the_desk_is_looked_at_in_the_readers_language(desk, settings):
    settings.SMTP = None
    name, value = public_record("festum.example")
    ask = dns({**WELL, (name, "TXT"): [value]})
    with translation.override("en"):
        report = check.check(ask=ask)

    assert [(one.domain, one.addresses) for one in report.domains] == [("festum.example", ("support@festum.example",))]
    assert {one.about: one.standing for one in report.domains[0].findings}["DKIM"] == Standing.GOOD
    assert report.is_wrong  # there is no server
    assert [one.domain for one in check.check("other.example", ask=ask).domains] == ["other.example"]


def test_the_name_servers_of_this_installation_are_asked(desk, settings):
    settings.SMTP = None
    settings.MAIL_RESOLVER = Written({("_dmarc.festum.example", "TXT"): ["v=DMARC1; p=reject"]})
    [domain] = check.check().domains
    assert {one.about: one.found for one in domain.findings}["DMARC"] == "v=DMARC1; p=reject"

    settings.MAIL_RESOLVER = None
    [domain] = check.check().domains
    assert {one.standing for one in domain.findings} == {Standing.UNKNOWN}


def test_the_command_prints_what_to_publish_and_ends_with_one(desk, settings):
    settings.SMTP = None
    settings.MAIL_RESOLVER = Written({})
    done = CliRunner().invoke(command, ["check", "--language", "en"])

    assert done.exit_code == 1
    assert "festum.example (support@festum.example)" in done.output
    assert "+ tuki._domainkey.festum.example  TXT  v=DKIM1; k=rsa; p=" in done.output
