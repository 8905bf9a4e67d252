"""Whether a mail is from whom it names."""

import base64
import hashlib
import time
from ipaddress import ip_network

import pytest

from tests.mail.domains import ELSEWHERE, THEIRS, Domains
from tuki.mail.reading.headers import Address
from tuki.mail.trust.authentication import Authenticity, Findings, Trust, Way, authenticate
from tuki.mail.trust.resolver import Dns, Unreachable

ADA = Address("Ada", "ada@acme.example")
MAIL = (
    b"From: Ada <ada@acme.example>\r\nTo: support@festum.example\r\nSubject: Stuck\r\n"
    b"Date: Sat, 21 Nov 2026 10:15:00 +0200\r\nMessage-ID: <1@acme.example>\r\n\r\nIt won't move.\r\n"
)
OURS = Trust(relays=(ip_network("10.0.0.0/8"),), servers=frozenset({"mx.festum.example"}))


@pytest.fixture
def domains() -> Domains:
    domains = Domains()
    domains.guard("acme.example")
    return domains


@pytest.fixture
def judged(domains):
    """judged(raw, ip) -> what was found of a mail that says it is from Ada."""

    def judge(raw: bytes = MAIL, ip: str = ELSEWHERE, *, envelope_from: str = "ada@acme.example", resolver=domains):
        return authenticate(raw, ADA, Way(ip, "mx.elsewhere.example", envelope_from), OURS, resolver)

    return judge


def test_a_mail_from_the_domains_own_machine_is_from_it(judged):
    found = judged(ip=THEIRS)

    assert (found.authenticity, found.spf, found.dmarc, found.aligned) == ("pass", "pass", "pass", "acme.example")


def test_a_mail_that_the_domain_signed_is_from_it_whoever_brings_it(judged, domains):
    found = judged(domains.sign(MAIL, "acme.example"), envelope_from="list@forwarder.example")

    assert (found.authenticity, found.dkim, found.aligned) == ("pass", "pass", "acme.example")


def test_a_mail_with_neither_is_forged_where_the_domain_wants_such_mail_refused(judged):
    found = judged()

    assert (found.authenticity, found.spf, found.dkim, found.dmarc) == ("fail", "fail", "none", "fail")
    assert (found.domain, found.policy) == ("acme.example", "reject")


@pytest.mark.parametrize(
    ("record", "verdict"),
    [
        ("v=DMARC1; p=quarantine", "fail"),
        ("v=DMARC1;p=none", "unknown"),
        ("v=DMARC1; p=reject; pct=0", "unknown"),
        ("v=DMARC1; rua=mailto:x@acme.example", "unknown"),
        ("v=DMARC1; p=nonsense", "unknown"),
        ("v=DMARC1", "unknown"),
        ("p=reject; v=DMARC1", "unknown"),
    ],
)
def test_what_fails_is_forged_only_where_the_domain_says_what_to_do_with_it(judged, domains, record, verdict):
    domains.publish("acme.example", dmarc=record)

    assert judged().authenticity == verdict


def test_a_domain_without_a_policy_can_still_stand_behind_its_mail(judged, domains):
    del domains.records["_dmarc.acme.example", "TXT"]

    assert judged(ip=THEIRS).authenticity == Authenticity.PASS
    assert judged().authenticity == Authenticity.UNKNOWN


def test_a_domain_stands_behind_the_names_below_it_unless_it_is_strict(domains):
    sender = Address("", "ada@sales.acme.example")
    raw = domains.sign(MAIL.replace(b"ada@acme", b"ada@sales.acme"), "acme.example")
    way = Way(ELSEWHERE, "x", "x@y.example")

    assert authenticate(raw, sender, way, OURS, domains).authenticity == Authenticity.PASS
    domains.publish("acme.example", dmarc="v=DMARC1; p=none; sp=reject; adkim=s")
    assert authenticate(raw, sender, way, OURS, domains).authenticity == Authenticity.FAIL


@pytest.mark.parametrize(
    ("sender", "signer", "stands"),
    [
        ("acme.co.uk", "mail.acme.co.uk", True),
        ("mail.acme.co.uk", "news.acme.co.uk", True),
        ("acme.co.uk", "globex.co.uk", False),
        ("acme.co.uk", "co.uk", False),
        ("acme.fi", "fi", False),
        ("city.kawasaki.jp", "mail.city.kawasaki.jp", True),
        ("acme.sapporo.kawasaki.jp", "globex.sapporo.kawasaki.jp", False),
        ("acme.個人.hk", "globex.個人.hk", False),
        ("acme.example", "globex.example", False),
        ("äcme.fi", "mail.äcme.fi", True),
    ],
)
def test_what_one_can_own_of_a_name_is_what_the_public_list_says(sender, signer, stands):
    domains = Domains()
    signer = signer.encode("idna").decode()
    domains.publish(signer, dkim=True)
    raw = domains.sign(MAIL.replace(b"acme.example", sender.encode()), signer)

    found = authenticate(raw, Address("", f"ada@{sender}"), Way(ELSEWHERE, "x", "x@y.example"), OURS, domains)

    assert found.authenticity == (Authenticity.PASS if stands else Authenticity.UNKNOWN)


def test_no_domain_stands_behind_its_neighbour(judged, domains):
    domains.guard("globex.example")

    found = judged(domains.sign(MAIL, "globex.example"), ip=THEIRS, envelope_from="dora@globex.example")

    assert (found.authenticity, found.spf) == ("fail", "pass")


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw + b"And pay me.\r\n",
        lambda raw: raw.replace(b"Subject: Stuck", b"Subject: [Festum #12]"),
        lambda raw: b"Subject: [Festum #12]\r\n" + raw,
        lambda raw: b"From: Bert <bert@acme.example>\r\n" + raw,
        lambda raw: b"References: <a@b>\r\nReferences: <c@d>\r\n" + raw,
        lambda raw: b"Subject: Another\r\n \r\nAnother text\r\n" + raw,
    ],
)
def test_a_signed_mail_that_somebody_changed_is_not_the_domains_any_more(judged, domains, change):
    assert judged(change(domains.sign(MAIL, "acme.example"))).authenticity == Authenticity.FAIL


def test_a_signature_that_leaves_room_below_its_words_is_none(judged, domains):
    signed = domains.sign(MAIL, "acme.example", length=True)

    assert judged(signed + b"And pay me.\r\n").dkim == "policy"


def test_of_several_signatures_one_of_the_senders_domain_is_enough(judged, domains):
    raw = domains.sign(domains.sign(MAIL, "acme.example"), "forwarder.example")

    assert judged(raw).authenticity == Authenticity.PASS


@pytest.mark.parametrize(
    "head",
    [
        b"From: Ada <ada@acme.example>, Bert <bert@acme.example>\r\n",
        b"From: Ada <ada@acme.example>\r\nFrom: Bert <bert@acme.example>\r\n",
        b"Sender: Ada <ada@acme.example>\r\n",
    ],
)
def test_a_mail_that_names_several_senders_or_none_is_nobodys(judged, head):
    raw = head + MAIL.partition(b"\r\n")[2]

    assert judged(raw, ip=THEIRS).authenticity == Authenticity.FAIL


# The way it came


def received(*lines: str) -> bytes:
    return "".join(
        f"Received: {line}\r\n\tby mx.festum.example; Sat, 21 Nov 2026 10:15:01 +0200\r\n" for line in lines
    ).encode()


@pytest.mark.parametrize(
    "line",
    [
        f"from mx.acme.example (mail.acme.example [{THEIRS}])",
        f"from mail.acme.example ([{THEIRS}] helo=mx.acme.example)",
        f"from [{THEIRS}] (unknown [{THEIRS}])",
    ],
)
def test_a_relay_of_ours_says_who_brought_it(judged, line):
    forged = received(f"from mx.acme.example (mail.acme.example [{ELSEWHERE}])")

    assert judged(received(line) + forged + MAIL, ip="10.0.0.5").authenticity == Authenticity.PASS
    assert judged(forged + received(line) + MAIL, ip="10.0.0.5").authenticity == Authenticity.FAIL
    assert judged(received(line) + MAIL, ip=ELSEWHERE).authenticity == Authenticity.FAIL


SEEN = {
    "Postfix": f"from mx.acme.example (mail.acme.example [{THEIRS}])",
    "Postfix, without a name": f"from mx.acme.example (unknown [{THEIRS}])",
    "Postfix, encrypted": f"from a.b (c.d [{THEIRS}]) (using TLSv1.3 with cipher X (256/256 bits)) (No certificate)",
    "Postfix, in IPv6": "from mx.acme.example (mail.acme.example [IPv6:2001:db8::7])",
    "Postfix, called by an address": f"from [{ELSEWHERE}] (unknown [{THEIRS}])",
    "Postfix, called by ours": f"from [127.0.0.1] (unknown [{THEIRS}])",
    "Postfix, called by several words": f"from mx [{ELSEWHERE}] by x (unknown [{THEIRS}])",
    "Postfix, called by an encoded word": f"from =?utf-8?q?=28x_=5B{ELSEWHERE}=5D=29?= (unknown [{THEIRS}])",
    "Postfix, called by a very long name": f"from {'x' * 2000} (unknown [{THEIRS}])",
    "Exim": f"from mail.acme.example ([{THEIRS}] helo=mx.acme.example)",
    "Exim, with a port": f"from mail.acme.example ([{THEIRS}]:2525 helo=mx.acme.example)",
    "Exim, called by an address": f"from mail.acme.example ([{THEIRS}] helo=[{ELSEWHERE}])",
    "Exim, without a name": f"from [{THEIRS}] (helo=mx.acme.example)",
    "Exim, without a name, in IPv6": "from [2001:db8::7]:25 (helo=mx.acme.example)",
    "Exim, without a name, called by an address": f"from [{THEIRS}] (helo=[{ELSEWHERE}] ident={ELSEWHERE})",
    "Exim, told by a stranger who they are": f"from [{THEIRS}] (ident=x {ELSEWHERE})",
    "Sendmail": f"from mx.acme.example (mail.acme.example [{THEIRS}])",
    "Sendmail, in IPv6": "from mx.acme.example (mail.acme.example [IPv6:2001:db8::7])",
    "Sendmail, in doubt": f"from mx.acme.example (x@[{ELSEWHERE}].example [{THEIRS}] (may be forged))",
    "Sendmail, called by an address": f"from [{ELSEWHERE}] ([{THEIRS}])",
    "Exchange": f"from mx.acme.example ({THEIRS})",
    "Exchange, in IPv6": "from mx.acme.example (2001:db8::7)",
    "Exchange, called by an address": f"from [{ELSEWHERE}] ({THEIRS})",
    "qmail": f"from mail.acme.example (HELO mx.acme.example) ({THEIRS})",
    "qmail, called by an address": f"from unknown (HELO [{ELSEWHERE}]) (x@{THEIRS})",
    "Zimbra": f"from mx.acme.example (LHLO mx.acme.example) ({THEIRS})",
}


@pytest.mark.parametrize("line", SEEN.values(), ids=SEEN)
def test_of_a_relays_word_only_the_address_that_it_saw_counts(judged, domains, line):
    domains.publish("acme.example", spf=f"ip4:{THEIRS} ip6:2001:db8::7 -all")
    forged = line.replace(THEIRS, "198.51.100.6").replace("2001:db8::7", "2001:db8::6").replace(ELSEWHERE, THEIRS)

    assert judged(received(line) + MAIL, ip="10.0.0.5").spf == "pass"
    assert judged(received(forged) + MAIL, ip="10.0.0.5").authenticity == Authenticity.FAIL
    assert judged(received(forged.replace("[192.0.2.7]", "[127.0.0.1]"), line) + MAIL, ip="10.0.0.5").spf == "fail"


@pytest.mark.parametrize(
    "line",
    [
        f"from [{THEIRS}]",
        f"from {THEIRS}",
        f"from mx by a.festum.example (a [{THEIRS}]) with SMTP",
        f"from x (y {THEIRS})",
    ],
)
def test_an_address_that_a_stranger_may_have_said_counts_for_nothing(judged, line):
    found = judged(received(line) + MAIL, ip="10.0.0.5")

    assert (found.spf, found.authenticity) == ("none", "unknown")


def test_several_relays_of_ours_are_passed_over(judged):
    raw = received("from a.festum.example (a [10.0.0.9])", f"from mx.acme.example (x [{THEIRS}])") + MAIL

    assert judged(raw, ip="127.0.0.1").authenticity == Authenticity.PASS


@pytest.mark.parametrize("above", [b"", received("by this very machine, from nobody")])
def test_mail_of_this_very_machine_is_neither_forged_nor_proven(judged, above):
    assert judged(above + MAIL, ip="127.0.0.1").authenticity == Authenticity.UNKNOWN


@pytest.mark.parametrize("line", ["from x (y [1.2.3])", "from x (y [999.1.1.1])", "from x (y)", "nonsense"])
def test_a_way_that_cant_be_read_makes_no_mail_a_forgery(judged, line):
    assert judged(received(line) + MAIL, ip="10.0.0.5").authenticity == Authenticity.UNKNOWN
    assert judged(ip="/run/tuki/lmtp").authenticity == Authenticity.UNKNOWN


def results(words: str, server: str = "mx.festum.example") -> bytes:
    return f"Authentication-Results: {server};\r\n\t{words}\r\n".encode()


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("dmarc=pass (p=reject dis=none) header.from=acme.example", "pass"),
        ("dmarc=fail (p=reject dis=none) header.from=acme.example", "fail"),
        ("dmarc=fail (p=none dis=none) header.from=acme.example", "unknown"),
        ("dmarc=fail header.from=acme.example", "fail"),
        ("dmarc=pass header.from=globex.example", "unknown"),
        ("spf=pass smtp.mailfrom=ada@acme.example", "pass"),
        ("dkim=pass (2048-bit key) header.d=acme.example header.s=desk", "pass"),
        ("dkim=pass header.d=globex.example; spf=pass smtp.mailfrom=x@globex.example", "unknown"),
        ("dkim=fail header.d=acme.example; dmarc=temperror header.from=acme.example", "unknown"),
    ],
)
def test_where_a_server_of_ours_has_looked_its_word_counts(judged, words, verdict):
    found = judged(results(words) + MAIL, ip="")

    assert (found.authenticity, found.said_by) == (verdict, "mx.festum.example")


def test_what_strangers_say_of_themselves_counts_for_nothing(judged):
    told = results("dmarc=pass header.from=acme.example")

    assert judged(told + MAIL, ip=ELSEWHERE).authenticity == Authenticity.FAIL
    assert judged(told.replace(b"mx.festum", b"mx.other") + MAIL, ip="").authenticity == Authenticity.UNKNOWN
    below = results("dmarc=fail header.from=acme.example") + told
    assert judged(below + MAIL, ip="").authenticity == Authenticity.FAIL


def test_a_stranger_puts_no_result_into_the_mouth_of_a_server_of_ours(judged):
    hidden = "=?utf-8?q?x;_dmarc=3Dpass_header.from=3Dacme.example;_spf=3Dpass_smtp.mailfrom=3Dx?="
    told = results(f"spf=pass smtp.mailfrom={hidden}@x.example; dmarc=fail (p=reject) header.from=acme.example")

    assert judged(told + MAIL, ip="").authenticity != Authenticity.PASS


def test_mail_that_was_fetched_and_that_nobody_checked_is_judged_by_its_signature_alone(judged, domains):
    assert judged(ip="").authenticity == Authenticity.UNKNOWN
    assert judged(domains.sign(MAIL, "acme.example"), ip="").authenticity == Authenticity.PASS


# Whatever strangers and DNS do


def test_without_dns_nobody_can_tell(judged):
    assert judged(resolver=None) == Findings(domain="acme.example")


def test_dns_that_fails_is_asked_no_longer_than_we_are_patient(judged, monkeypatch):
    class Slow(Domains):
        asked = 0

        def ask(self, name, kind):
            Slow.asked += 1
            time.sleep(0.06)
            raise Unreachable(name)

    monkeypatch.setattr("tuki.mail.trust.authentication.PATIENCE", 0.05)

    found = judged(resolver=Slow())

    assert (found.authenticity, found.dmarc, found.could_not_ask) == ("unknown", "temperror", True)
    assert Slow.asked == 1


def test_names_that_are_nobodys_are_asked_of_nobody():
    dns = Dns(["192.0.2.53"])
    began = time.monotonic()

    assert dns.ask("_dmarc.acme.example", "TXT") == []
    assert time.monotonic() - began < 0.5


def test_a_server_that_does_not_answer_is_not_asked_the_same_again(monkeypatch):
    monkeypatch.setattr("tuki.mail.trust.resolver._LONGEST_WAIT", 0.1)
    dns = Dns(["127.0.0.1"])  # where nobody serves names
    began = time.monotonic()

    for _ in range(3):
        with pytest.raises(Unreachable):
            dns.ask("acme.fi", "TXT")
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 100,
        b"From: ada@acme.example\r\nDKIM-Signature: v=1; a=b; d=acme.example\r\n\r\n",
        b"From: ada@acme.example\r\nDKIM-Signature: \xff\xfe d=acme.example; b=x; bh=y; h=from; s=desk\r\n\r\nx",
        b"From: ada@acme.example\r\nReceived: " + b"from " * 5000 + b"\r\nno field\r\n\r\nx",
        b"From: ada@acme.example\r\nAuthentication-Results: " + b"(" * 9000 + b"\r\n\r\nx",
        b"From: ada@acme.example\r\nDKIM-Signature: v=1; d=acme.example\r\n\r\n" + b" " * 2_000_000,
    ],
    ids=["nothing", "nulls", "half a signature", "bytes", "endless way", "brackets", "spaces"],
)
@pytest.mark.parametrize("ip", ["", ELSEWHERE, "10.0.0.1", "nonsense"])
def test_no_mail_makes_it_raise_or_hang(judged, raw, ip):
    began = time.monotonic()

    assert judged(raw, ip=ip).authenticity != Authenticity.PASS
    assert time.monotonic() - began < 2


HALF_SIGNED = (
    b"From: ada@acme.example\r\nDKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=acme.example; s=desk;"
    b" bh=" + base64.b64encode(hashlib.sha256(b"x\r\n").digest()) + b"; b=AAAA; h=from%b\r\n%b\r\n%b"
)
ABSURD = {
    "runs of spaces": HALF_SIGNED % (b"", b"", (b" " * 4900 + b"x") * 400),
    "empty lines": HALF_SIGNED % (b"", b"", b"\r\n" * 4_000_000),
    "signed names": HALF_SIGNED % (b"".join(b":x%d" % n for n in range(50_000)), b"X: y\r\n" * 1500, b"x"),
    "many fields": HALF_SIGNED % (b":to" * 190, b"X: y\r\n" * 60_000, b"x"),
    "many folds": HALF_SIGNED % (b"", b"X: y\r\n" + b" y\r\n" * 100_000, b"x"),
    "a header of a megabyte": HALF_SIGNED % (b"", b"X: " + b"y" * 1_000_000 + b"\r\n", b"x"),
    "a signature of spaces": HALF_SIGNED % (b";b" + b"\r\n " * 30_000, b"", b"x"),
}


@pytest.mark.parametrize("raw", ABSURD.values(), ids=ABSURD)
def test_no_signature_takes_longer_to_read_than_its_mail(judged, raw):
    began = time.process_time()

    assert judged(raw).authenticity == Authenticity.FAIL
    assert time.process_time() - began < 3


def test_a_signature_of_more_than_anybody_signs_is_none(judged, domains):
    signed = domains.sign(MAIL, "acme.example")

    head, body = signed.split(b"\r\n\r\n")

    assert judged(head + b"\r\nX-Note: y" * 1900 + b"\r\n\r\n" + body).dkim == "pass"
    assert judged(head + b"\r\nX-Note: y" * 2100 + b"\r\n\r\n" + body).dkim == "neutral"
    assert judged(signed.replace(b" h=", b" h=" + b"x:" * 200)).dkim == "neutral"


def test_what_was_found_is_kept_and_read_again(judged):
    found = judged()

    assert Findings.from_json(found.as_json()) == found
