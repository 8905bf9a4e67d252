"""What a domain says of a machine that sends in its name, and what it would say of ours."""

import pytest

from tests.mail.domains import Domains
from tuki.mail.trust.resolver import Unreachable
from tuki.mail.trust.spf import Flaw, Said, foresee, judge


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
        ("exp=why.acme.example a ~all", "192.0.2.1", "softfail"),
        ("-a ~all", "198.51.100.80", "fail"),
        ("mx:acme.example ?all", "198.51.100.1", "pass"),
        ("+all", "192.0.2.1", "pass"),
    ],
)
def test_a_machine_is_judged_by_the_domains_own_word(domains, says, ip, result):
    domains.records["5.2.0.192.ada.list.acme.example", "A"] = ["127.0.0.2"]
    domains.publish("acme.example", spf=says)

    said = judge(ip, "ada-sales@acme.example", "mx1.acme.example", domains.ask)
    assert (said.result, said.domain, said.flaw) == (result, "acme.example", None)
    assert foresee(ip, "acme.example", domains.ask).result == result or "%{l" in says


@pytest.mark.parametrize(
    ("says", "flaw", "at"),
    [
        ("include:nowhere.example -all", Flaw.UNREADABLE, "include:nowhere.example"),
        ("ip4:not-one -all", Flaw.UNREADABLE, "ip4:not-one"),
        ("ip4:2001:db8::1 -all", Flaw.UNREADABLE, "ip4:2001:db8::1"),
        ("a;mx1.acme.example -all", Flaw.UNREADABLE, "a;mx1.acme.example"),
        ("whatever:x -all", Flaw.UNREADABLE, "whatever:x"),
        ("redirect=nowhere.example", Flaw.UNREADABLE, "redirect=nowhere.example"),
        ("exists:%{x}.acme.example -all", Flaw.UNREADABLE, "exists:%{x}.acme.example"),
        ("include:acme.example -all", Flaw.LONG, "include:acme.example"),
        (" ".join(["a:mx1.acme.example"] * 11), Flaw.LONG, "a:mx1.acme.example"),
        ("a:1.acme.example a:2.acme.example a:3.acme.example -all", Flaw.EMPTY, "3.acme.example"),
    ],
)
def test_a_word_that_cannot_be_read_is_none_and_costs_few_questions(domains, says, flaw, at):
    domains.publish("acme.example", spf=says)
    asked = []

    def ask(name, kind):
        asked.append(name)
        return domains.ask(name, kind)

    void = Said("permerror", "acme.example", flaw, at)
    assert judge("192.0.2.1", "ada@acme.example", "x.example", ask) == void
    assert foresee("192.0.2.1", "acme.example", ask) == void
    assert len(asked) < 50


def test_two_words_contradict_each_other(domains):
    domains.records["acme.example", "TXT"] = ["v=spf1 +all", "v=spf1 -all"]

    said = judge("192.0.2.1", "ada@acme.example", "x.example", domains.ask)
    assert said == Said("permerror", "acme.example", Flaw.SEVERAL, "acme.example")


@pytest.mark.parametrize("says", ["exists:%{l}.acme.example -all", "ptr -all", "redirect=%{l}.acme.example"])
def test_what_only_a_mail_can_tell_is_not_foretold(domains, says):
    domains.publish("acme.example", spf=says)

    assert foresee("192.0.2.1", "acme.example", domains.ask).unsure
    assert not foresee("192.0.2.1", "sends-for.example", domains.ask).unsure


def test_a_mail_without_a_return_address_is_judged_by_what_its_machine_calls_itself(domains):
    assert judge("192.0.2.1", "", "sends-for.example", domains.ask) == Said("pass", "sends-for.example")


def test_a_domain_that_says_nothing_says_nothing(domains):
    assert judge("192.0.2.1", "x@silent.example", "x.example", domains.ask).result == "none"
    assert judge("192.0.2.1", "", "[192.0.2.1]", domains.ask).result == "none"


def test_dns_that_does_not_answer_is_no_verdict():
    def silent(name, kind):
        raise Unreachable(name)

    assert judge("192.0.2.1", "ada@acme.example", "x.example", silent).result == "temperror"
    with pytest.raises(Unreachable):
        foresee("192.0.2.1", "acme.example", silent)


@pytest.mark.parametrize(("empty", "result"), [(2, "pass"), (3, "permerror")])
def test_mail_hosts_without_an_address_of_a_kind_are_void_once_for_each_term_and_only_all_together(
    domains, empty, result
):
    domains.records["acme.example", "MX"] = ["mx2.acme.example", "mx3.acme.example", "mx4.acme.example"]
    domains.records["mx4.acme.example", "AAAA"] = ["2001:db8::4"]
    for name in "abc":
        domains.records[f"{name}.example", "MX"] = [f"mx1.{name}.example", f"mx2.{name}.example"]
    terms = " ".join(f"mx:{name}.example" for name in "abc"[:empty])
    domains.publish("acme.example", spf=f"mx {terms} ip6:2001:db8:1::1 -all")

    said = judge("2001:db8:1::1", "ada@acme.example", "x.example", domains.ask)
    assert said.result == result
