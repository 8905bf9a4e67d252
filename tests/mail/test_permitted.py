"""What a domain says of a machine that sends in its name."""

import pytest

from tests.mail.domains import Domains
from tuki.mail.trust.permitted import check
from tuki.mail.trust.resolver import Unreachable


@pytest.fixture
def domains() -> Domains:
    domains = Domains()
    domains.records["mx1.acme.example", "A"] = ["198.51.100.1"]
    domains.records["mx1.acme.example", "AAAA"] = ["2001:db8::1"]
    domains.records["acme.example", "A"] = ["198.51.100.80"]
    domains.records["acme.example", "MX"] = ["mx1.acme.example"]
    domains.publish("sends-for.example", spf="ip4:192.0.2.0/28 -all")
    return domains


@pytest.mark.parametrize(
    ("says", "ip", "result"),
    [
        ("ip4:192.0.2.1 -all", "192.0.2.1", "pass"),
        ("ip4:192.0.2.1 -all", "192.0.2.2", "fail"),
        ("ip4:192.0.2.0/24 ~all", "192.0.3.1", "softfail"),
        ("ip4:192.0.2.0/24", "192.0.3.1", "neutral"),
        ("ip6:2001:db8::/32 -all", "2001:db8:1::1", "pass"),
        ("ip4:192.0.2.1 -all", "::ffff:192.0.2.1", "pass"),
        ("a -all", "198.51.100.80", "pass"),
        ("a/24 -all", "198.51.100.1", "pass"),
        ("a:mx1.acme.example//64 -all", "2001:db8::99", "pass"),
        ("mx -all", "198.51.100.1", "pass"),
        ("mx -all", "2001:db8::1", "pass"),
        ("include:sends-for.example -all", "192.0.2.1", "pass"),
        ("include:sends-for.example ?all", "192.0.9.1", "neutral"),
        ("redirect=sends-for.example", "192.0.2.1", "pass"),
        ("redirect=sends-for.example", "192.0.9.1", "fail"),
        ("exists:%{ir}.%{l1r-}.list.acme.example -all", "192.0.2.5", "pass"),
        ("exp=why.acme.example -all", "192.0.2.1", "fail"),
        ("+all", "192.0.2.1", "pass"),
    ],
)
def test_a_machine_is_judged_by_the_domains_own_word(domains, says, ip, result):
    domains.records["5.2.0.192.ada.list.acme.example", "A"] = ["127.0.0.2"]
    domains.publish("acme.example", spf=says)

    assert check(ip, "ada-sales@acme.example", "mx1.acme.example", domains) == (result, "acme.example")


@pytest.mark.parametrize(
    "says",
    [
        "include:nowhere.example -all",
        "ip4:not-one -all",
        "ip4:2001:db8::1 -all",
        "whatever:x -all",
        "redirect=nowhere.example",
        "include:acme.example -all",
        "a:1.acme.example a:2.acme.example a:3.acme.example -all",
        "exists:%{x}.acme.example -all",
        " ".join(f"a:{number}.acme.example" for number in range(11)),
    ],
)
def test_a_word_that_cannot_be_read_is_none_and_costs_few_questions(domains, says):
    domains.publish("acme.example", spf=says)
    asked = []
    ask = domains.ask
    domains.ask = lambda name, kind: asked.append(name) or ask(name, kind)

    assert check("192.0.2.1", "ada@acme.example", "x.example", domains)[0] == "permerror"
    assert len(asked) < 25


def test_two_words_contradict_each_other(domains):
    domains.records["acme.example", "TXT"] = ["v=spf1 +all", "v=spf1 -all"]

    assert check("192.0.2.1", "ada@acme.example", "x.example", domains)[0] == "permerror"


def test_a_mail_without_a_return_address_is_judged_by_what_its_machine_calls_itself(domains):
    assert check("192.0.2.1", "", "sends-for.example", domains) == ("pass", "sends-for.example")


def test_a_domain_that_says_nothing_says_nothing(domains):
    assert check("192.0.2.1", "x@silent.example", "x.example", domains)[0] == "none"
    assert check("192.0.2.1", "", "[192.0.2.1]", domains)[0] == "none"


def test_dns_that_does_not_answer_is_no_verdict():
    class Silent(Domains):
        def ask(self, name, kind):
            raise Unreachable(name)

    assert check("192.0.2.1", "ada@acme.example", "x.example", Silent())[0] == "temperror"
