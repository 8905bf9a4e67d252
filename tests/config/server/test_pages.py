"""The hop: what slow, vanished, greedy and odd visitors do to everybody else's pages."""

import contextlib
import hashlib
import http.client
import io
import socket
import tempfile
import threading
import time

import pytest


def hello(environ, start):
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"hello"]


def echo(environ, start):
    """Tells the hash of what came."""
    said = hashlib.sha256(environ["wsgi.input"].read()).hexdigest().encode()
    start("200 OK", [("Content-Length", str(len(said)))])
    return [said]


def refuses_visitors(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=20).close()
    except ConnectionRefusedError:
        return True
    return False


class Gate:
    """A page that begins, says so, and ends when it is let."""

    def __init__(self):
        self.begun = threading.Semaphore(0)
        self.let = threading.Event()
        self.served = []

    def __call__(self, environ, start):
        self.served.append(environ["PATH_INFO"])
        if environ["PATH_INFO"].startswith("/slow"):
            self.begun.release()
            self.let.wait(20)
        return hello(environ, start)


def test_slow_senders_do_not_delay_a_page(serve):
    here = serve(hello, threads=1)
    slow = [here.open(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nbegin") for _ in range(8)]

    assert here.ask()[1] == b"hello"

    for connection in slow:
        connection.close()


def test_slow_readers_do_not_delay_a_page(serve):
    def endless(environ, start):
        if environ["PATH_INFO"] == "/":
            return hello(environ, start)
        start("200 OK", [])
        return iter(lambda: b"x" * 100_000, None)

    here = serve(endless, threads=1)
    slow = [here.open(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n") for _ in range(8)]
    for connection in slow:
        connection.recv(10)  # theirs has begun

    assert here.ask()[1] == b"hello"

    for connection in slow:
        connection.close()


def test_when_a_reader_vanishes_the_page_is_told(serve):
    closed = threading.Event()

    class Endless:
        def __iter__(self):
            return iter(lambda: b"x" * 100_000, None)

        def close(self):
            closed.set()

    def endless(environ, start):
        start("200 OK", [])
        return Endless()

    reader = serve(endless).open(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    reader.recv(10)
    reader.close()

    assert closed.wait(20)


def test_head_has_the_length_and_no_body(serve):
    answer, body = serve(hello).ask("HEAD")

    assert (answer.status, answer.headers["Content-Length"], body) == (200, "5", b"")


def test_whatever_is_whole_has_its_length(serve):
    def page(environ, start):
        start("200 OK", [])
        return [b"hel", b"lo"]

    answer, body = serve(page).ask()

    assert (answer.headers["Content-Length"], body) == ("5", b"hello")


def test_head_of_something_endless_ends(serve):
    def endless(environ, start):
        start("200 OK", [])
        return iter(lambda: b"x", None)

    assert serve(endless).ask("HEAD")[1] == b""


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_what_has_no_body_gets_none_whatever_the_page_says(serve, status, read_all):
    def talkative(environ, start):
        start(status, [("Content-Length", "4")])
        return [b"oops"]

    connection = serve(talkative).open(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    head, _, body = read_all(connection).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 " + status[:3].encode())
    assert b"content-length" not in head.lower()
    assert body == b""


def test_a_connection_is_used_again_after_an_answer_without_body(serve):
    def page(environ, start):
        if environ["PATH_INFO"] == "/none":
            start("204 No Content", [])
            return []
        return hello(environ, start)

    connection = http.client.HTTPConnection("127.0.0.1", serve(page).port, timeout=20)
    for path, body in [("/none", b""), ("/", b"hello"), ("/none", b""), ("/", b"hello")]:
        connection.request("GET", path)
        assert connection.getresponse().read() == body
    connection.close()


def test_when_no_thread_is_free_requests_stand_in_line_and_all_are_served(serve):
    page = Gate()
    here = serve(page, threads=1)
    answers = []
    asking = [threading.Thread(target=lambda: answers.append(here.ask(path="/slow")[1])) for _ in range(6)]
    for thread in asking:
        thread.start()
    page.begun.acquire(timeout=20)
    page.let.set()
    for thread in asking:
        thread.join(20)

    assert answers == [b"hello"] * 6


def test_a_line_that_was_full_is_empty_again_once_all_were_served(serve):
    here = serve(hello, threads=1, in_line=2)
    for _ in range(3):
        asking = [threading.Thread(target=here.ask) for _ in range(6)]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join(20)
    page = [here.open(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") for _ in range(2)]

    assert [connection.recv(100)[:12] for connection in page] == [b"HTTP/1.1 200"] * 2
    for connection in page:
        connection.close()


def test_what_goes_on_is_made_in_a_page_s_thread_to_its_end(serve):
    def page(environ, start):
        start("200 OK", [])
        for _ in range(5):
            yield f"{threading.current_thread().name[:4]} ".encode()

    assert serve(page, threads=2).ask()[1] == b"page page page page page "


def test_who_finds_the_line_full_is_told_when_to_come_back(serve):
    page = Gate()
    here = serve(page, threads=1, in_line=0)
    first = here.open(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
    assert page.begun.acquire(timeout=20)

    answer, body = here.ask(headers={"Accept-Language": "fi"})

    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b'lang="fi"' in body
    page.let.set()
    assert b"hello" in first.recv(1000)
    first.close()


def test_a_reader_who_left_while_in_line_is_not_served_but_what_was_sent_is_taken(serve):
    page = Gate()
    here = serve(page, threads=1)
    first = here.open(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
    assert page.begun.acquire(timeout=20)
    here.open(b"GET /read HTTP/1.1\r\nHost: x\r\n\r\n").close()
    here.open(b"POST /sent HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi").close()
    last = threading.Thread(target=here.ask, kwargs={"path": "/last"})
    last.start()
    # The one who stays is in line behind both once the server has read them all.
    while len(here.server.server_state.tasks) < 3:
        time.sleep(0.01)
    page.let.set()
    last.join(20)
    first.close()

    assert "/read" not in page.served
    assert {"/sent", "/last"} <= set(page.served)


def test_a_large_body_arrives_whole(serve):
    sent = bytes(range(256)) * 20_000

    assert serve(echo).ask("POST", body=sent)[1].decode() == hashlib.sha256(sent).hexdigest()


def test_a_body_without_a_length_arrives_whole(serve):
    sent = iter([b"a" * 700_000, b"b" * 700_000])

    assert serve(echo).ask("POST", body=sent)[1].decode() == hashlib.sha256(b"a" * 700_000 + b"b" * 700_000).hexdigest()


def test_what_is_too_large_is_refused_in_words_that_the_sender_gets_to_read(serve):
    asked = []
    here = serve(lambda environ, start: asked.append(environ), limit=2 << 20)

    answer, body = here.ask("POST", "/hc/en/requests", body=b"x" * (8 << 20))

    assert answer.status == 413
    assert b"2 MB" in body
    assert asked == []


def test_what_is_too_large_is_refused_without_an_announced_length_too(serve):
    answer, _ = serve(echo, limit=1 << 20).ask("POST", body=iter([b"x" * 700_000] * 40))

    assert answer.status == 413


def test_a_head_that_does_not_end_is_refused(serve):
    connection = serve(hello).open(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ")
    with contextlib.suppress(ConnectionError):
        for _ in range(1000):
            connection.sendall(b"x" * 10_000)
        pytest.fail("ten megabytes of a header were taken")
    connection.close()


def test_a_head_that_does_not_come_is_not_waited_for(serve, monkeypatch, read_all):
    monkeypatch.setattr("tuki.config.server.protocol.PATIENCE", 0.2)
    here = serve(hello)
    silent, slow = here.open(b""), here.open(b"GET / HTTP/1.1\r\nHost: x\r\n")
    kept = here.open(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")

    assert read_all(silent) == read_all(slow) == b""
    assert kept.recv(1000).startswith(b"HTTP/1.1 200")
    kept.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")  # one that was answered may wait before it asks again
    assert kept.recv(1000).startswith(b"HTTP/1.1 200")
    for connection in (silent, slow, kept):
        connection.close()


def test_without_room_for_what_is_sent_the_sender_is_told_that_nothing_was_saved(serve, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")  # as a full disk: no file can be written

    answer, body = serve(echo).ask("POST", body=b"x" * (3 << 20))

    assert answer.status == 503
    assert b"nothing was saved" in body


def test_a_header_with_an_underscore_cannot_pass_for_another(serve):
    seen = {}

    def page(environ, start):
        seen.update(environ)
        return hello(environ, start)

    serve(page).ask(headers={"X-Real": "real", "X_Real": "false", "Remote_Addr": "6.6.6.6"})

    assert seen["HTTP_X_REAL"] == "real"
    assert "HTTP_REMOTE_ADDR" not in seen


def test_a_trusted_proxy_says_for_whom_it_asks(serve):
    seen = {}

    def page(environ, start):
        seen.update(environ)
        return hello(environ, start)

    serve(page).ask(headers={"X-Forwarded-For": "6.6.6.6, 192.0.2.7", "X-Forwarded-Proto": "https"})

    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == ("192.0.2.7", "https")  # 6.6.6.6 is only what it was told
    assert not [name for name in seen if name.startswith("HTTP_X_FORWARDED")]


def test_a_stranger_cannot_say_that_it_asks_for_somebody_else(serve, settings):
    settings.TRUSTED_PROXIES = ("192.0.2.1",)
    seen = {}

    def page(environ, start):
        seen.update(environ)
        return hello(environ, start)

    serve(page).ask(headers={"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"})

    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == ("127.0.0.1", "http")
    assert not [name for name in seen if name.startswith("HTTP_X_FORWARDED")]


def test_a_path_reaches_the_page_byte_for_byte(serve):
    seen = []

    def page(environ, start):
        seen.append(environ["PATH_INFO"].encode("latin-1"))
        return hello(environ, start)

    serve(page).ask(path="/p%C3%A4%FF%2F")

    assert seen == ["/pä".encode() + b"\xff/"]


def test_a_file_is_sent_whole(serve):
    content = bytes(range(256)) * 9_000

    def page(environ, start):
        start("200 OK", [("Content-Length", str(len(content)))])
        return environ["wsgi.file_wrapper"](io.BytesIO(content), 4096)

    assert serve(page).ask()[1] == content


def test_a_page_that_fails_outside_django_is_an_error_in_words(serve):
    def page(environ, start):
        raise LookupError

    answer, body = serve(page).ask(path="/hc/en/")

    assert answer.status == 500
    assert b"Something went wrong" in body


def test_a_page_that_fails_half_way_never_looks_whole(serve):
    def page(environ, start):
        start("200 OK", [])
        yield b"begun"
        raise LookupError

    here = serve(page)
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        here.ask()


def test_the_server_finishes_pages_in_hand_before_it_stops(serve):
    page = Gate()
    here = serve(page)
    asked = here.open(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
    assert page.begun.acquire(timeout=20)

    here.stop()
    while not refuses_visitors(here.port):
        time.sleep(0.05)
    page.let.set()

    assert asked.recv(1000).startswith(b"HTTP/1.1 200")
    asked.close()
