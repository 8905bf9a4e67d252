import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from tuki.look.policy import content_security_policy, nonce, widen


@pytest.fixture
def answered():
    def answer(view=lambda request: HttpResponse("x")) -> HttpResponse:
        return content_security_policy(view)(RequestFactory().get("/"))

    return answer


def test_a_page_may_load_its_own_and_nothing_else(answered):
    policy = answered()["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_nonce_is_allowed_on_the_answer_that_asked_for_it_and_never_twice_the_same(answered):
    seen = []

    def view(request):
        seen.append(nonce(request))
        assert nonce(request) == seen[-1]
        return HttpResponse("x")

    policies = [answered(view)["Content-Security-Policy"] for _ in range(2)]

    assert seen[0] != seen[1]
    for word, policy in zip(seen, policies, strict=True):
        assert f"script-src 'self' 'nonce-{word}';" in policy
    assert "nonce" not in answered()["Content-Security-Policy"]


def test_one_answer_may_be_allowed_more(answered):
    policy = answered(lambda request: widen(HttpResponse("x"), "frame-src", "'self'"))["Content-Security-Policy"]

    assert "frame-src 'self'" in policy
    assert "frame-src" not in answered()["Content-Security-Policy"]


def test_a_view_with_a_policy_of_its_own_keeps_it(answered):
    own = answered(lambda request: HttpResponse("x", headers={"Content-Security-Policy": "sandbox"}))

    assert own["Content-Security-Policy"] == "sandbox"


def test_a_page_is_kept_by_its_readers_browser_only(answered):
    assert answered()["Cache-Control"] == "private, no-cache"
    assert "Cache-Control" not in answered(lambda request: HttpResponse("x", content_type="text/css"))
