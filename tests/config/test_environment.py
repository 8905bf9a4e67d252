"""What the machine says: read once, and a mistake told in a line that names its variable."""

import stat

import pytest

from tuki.config import environment
from tuki.config.environment import Smtp, WrongSetting


@pytest.fixture
def read(tmp_path):
    return lambda **given: environment.read({"TUKI_DATA": str(tmp_path / "data")} | given)


def test_without_a_word_it_is_sqlite_in_the_data_folder(read, tmp_path):
    found = read()

    assert found.database["NAME"] == tmp_path / "data" / "tuki.sqlite3"
    assert (found.smtp, found.smtp_listen, found.demo) == (None, None, False)


def test_a_key_is_made_once_for_its_owner_alone(read, tmp_path):
    assert read().secret_key == read().secret_key
    assert stat.S_IMODE((tmp_path / "data" / "secret-key").stat().st_mode) == 0o600


def test_a_database_s_address_is_taken_apart(read):
    found = read(TUKI_DATABASE_URL="postgres://desk:p%40ss@db.example:5433/tuki").database

    assert (found["NAME"], found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == (
        "tuki", "desk", "p@ss", "db.example", "5433",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("url", "smtp"),
    [
        ("smtp://mail.example", Smtp("mail.example", 25)),
        ("smtp+starttls://a:b%3Ac@mail.example", Smtp("mail.example", 587, "a", "b:c", "starttls")),
        ("smtps://mail.example:1465", Smtp("mail.example", 1465, security="tls")),
    ],
)
def test_a_mail_server_s_address_says_how_to_talk_to_it(read, url, smtp):
    assert read(TUKI_SMTP_URL=url).smtp == smtp


@pytest.mark.parametrize(
    ("value", "where"), [("127.0.0.1:2424", ("127.0.0.1", 2424)), ("/run/tuki/lmtp", ("/run/tuki/lmtp", 0))]
)
def test_a_mail_server_beside_us_delivers_to_a_port_or_a_socket_s_path(read, value, where):
    assert read(TUKI_LMTP_LISTEN=value).lmtp_listen == where


def test_this_machine_and_whoever_is_named_may_speak_for_others(read):
    assert read(TUKI_TRUSTED_PROXIES="10.0.0.7, 192.0.2.0/24").trusted_proxies == (
        "127.0.0.1", "::1", "10.0.0.7", "192.0.2.0/24",
    )  # fmt: skip


def test_only_those_who_are_named_say_where_a_mail_came_from(read):
    assert (read().trusted_relays, read().trusted_authserv) == ((), ())

    named = read(TUKI_TRUSTED_RELAYS="10.0.0.0/8", TUKI_TRUSTED_AUTHSERV="MX.festum.example, mx2.festum.example")
    assert named.trusted_relays == ("10.0.0.0/8",)
    assert named.trusted_authserv == ("mx.festum.example", "mx2.festum.example")


@pytest.mark.parametrize(("value", "servers"), [("", ()), ("none", None), ("10.0.0.53, ::1", ("10.0.0.53", "::1"))])
def test_names_are_asked_of_the_machine_s_own_servers_of_others_or_of_nobody(read, value, servers):
    assert read(TUKI_DNS=value).dns == servers


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TUKI_DATA", "/proc/nowhere"),
        ("TUKI_DATABASE_URL", "mysql://db/tuki"),
        ("TUKI_DATABASE_URL", "postgres://db"),
        ("TUKI_DATABASE_URL", "postgres://db:port/tuki"),
        ("TUKI_URL", "support.example.com"),
        ("TUKI_URL", "https://example.com/support"),
        ("TUKI_SECRET_KEY", "short"),
        ("TUKI_SMTP_URL", "mail.example"),
        ("TUKI_SMTP_URL", "smtp://mail.example:99999"),
        ("TUKI_SMTP_LISTEN", "2525"),
        ("TUKI_SMTP_LISTEN", "127.0.0.1:smtp"),
        ("TUKI_SMTP_LISTEN", "/run/tuki/smtp"),
        ("TUKI_LMTP_LISTEN", "24"),
        ("TUKI_FILES_URL", "s3://files.example/tuki"),  # no word would leave files where nobody looks for them
        ("TUKI_TRUSTED_PROXIES", "10.0.0.7, proxy"),
        ("TUKI_TRUSTED_RELAYS", "mx.festum.example"),
        ("TUKI_DNS", "dns.festum.example"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line_that_names_it(read, variable, value):
    with pytest.raises(WrongSetting) as wrong:
        read(**{variable: value})

    assert str(wrong.value).startswith(f"{variable}: ")
    assert "\n" not in str(wrong.value)
