"""An article as others will have it."""

import pytest
from django.utils.translation import gettext, override
from playwright.sync_api import expect

from tests.knowledge.conftest import of, write
from tuki.knowledge import actions, audience
from tuki.knowledge.models import Fallback


@pytest.fixture
def drafted_anew(published, eva):
    article = published(body="<p>As it is.</p>")
    write(article, "<p>As it will be.</p>", by=eva)
    return article


def frame_of(article, asked: str = "") -> str:
    return f"/hc/en/articles/{article.pk}/preview{asked}"


def test_a_draft_is_seen_as_readers_will_see_it_and_stays_a_draft(desk_of, drafted_anew):
    assert "As it will be." in desk_of.get(frame_of(drafted_anew)).content.decode()
    assert "As it is." in desk_of.get(frame_of(drafted_anew, "?of=published")).content.decode()
    assert of(drafted_anew).body == "<p>As it is.</p>"


def test_only_those_who_may_write_an_article_find_its_preview(browser_of, drafted_anew, ada):
    assert browser_of(ada).get(frame_of(drafted_anew)).status_code == 404
    assert browser_of().get(frame_of(drafted_anew)).status_code == 404


@pytest.mark.parametrize(("reader", "sees"), [("visitor", False), ("signed_in", False), ("seats", True)])
def test_each_kind_of_reader_gets_what_the_audience_lets_them(desk_of, drafted_anew, eva, reader, sees):
    actions.change_article(drafted_anew, audience=audience.seats(), by=eva)

    page = desk_of.get(frame_of(drafted_anew, f"?as={reader}")).content.decode()

    assert ("As it will be." in page) == sees
    assert ("Such a reader does not find this article." in page) != sees


def test_where_nothing_is_written_a_reader_sees_what_stands_in_for_it(desk_of, drafted_anew, invoices, root):
    path = f"/hc/fi/articles/{drafted_anew.pk}/preview"
    assert "As it is." in desk_of.get(f"{path}?of=published").content.decode()

    actions.change_section(invoices, fallback=Fallback.HIDE, by=root)
    with override("fi"):
        nothing = gettext("It has not been published yet.")
    assert nothing in desk_of.get(f"{path}?of=published").content.decode()


def test_a_language_is_chosen_within_the_preview_and_the_rest_stays_as_it_was(desk_of, drafted_anew):
    page = desk_of.get(f"/workspace/guide/articles/{drafted_anew.pk}/en/preview?of=published&as=seats&width=phone")
    further = f"/workspace/guide/articles/{drafted_anew.pk}/fi/preview?of=published&amp;as=seats&amp;width=phone"

    assert f'href="{further}"' in page.content.decode()
    assert (
        f'src="/hc/fi/articles/{drafted_anew.pk}/preview' in desk_of.get(further.replace("&amp;", "&")).content.decode()
    )


def test_what_is_looked_at_is_not_remembered_and_nothing_is_sent(live_desk, page_of, published, drafted_anew, eva):
    read = published("Read before")
    page = page_of(eva)
    page.goto(f"/hc/en/articles/{read.pk}")
    remembered = page.evaluate("localStorage.read")
    page.goto(f"/workspace/guide/articles/{drafted_anew.pk}/en/preview?as=seats")
    framed = page.frame_locator("iframe")
    expect(framed.get_by_text("As it will be.")).to_be_visible()

    # Nobody can press it; were it pressed all the same, the frame would send nothing.
    for sends in (framed.locator(".votes button").first, framed.locator(".follow :is(a, button)")):
        assert sends.evaluate("element => element.closest('[inert]') !== null")
    assert "allow-forms" not in page.locator("iframe").get_attribute("sandbox")
    crumb = framed.locator(".crumbs a").first
    crumb.evaluate("link => link.addEventListener('click', (event) => event.preventDefault())")
    crumb.click()
    expect(crumb).to_have_attribute("target", "_blank")

    assert page.evaluate("localStorage.read") == remembered
    assert str(read.pk) in remembered
    expect(framed.get_by_text("As it will be.")).to_be_visible()


def test_the_frame_is_as_wide_as_a_phone(live_desk, page_of, drafted_anew, eva, axe):
    page = page_of(eva)
    page.goto(f"/workspace/guide/articles/{drafted_anew.pk}/en/preview")
    page.get_by_label("Width").select_option("phone")
    page.get_by_role("button", name="Show").press("Enter")

    framed = page.frame_locator("iframe")
    expect(framed.get_by_text("As it will be.")).to_be_visible()
    assert page.locator("iframe").bounding_box()["width"] == 390
    axe(page)
