"""The pages on which the help center is arranged."""

import html
import json
import re

import pytest
from playwright.sync_api import expect

from tests.conftest import later
from tests.doors.workspace.guide.conftest import as_it_stands
from tests.knowledge.conftest import labels, told
from tests.knowledge.test_arranging import sections, titles
from tuki.knowledge import actions, audience
from tuki.knowledge.models import Article, Category, Kind, Section
from tuki.knowledge.queries import arranging
from tuki.people.models import Package

GUIDE = "/workspace/guide/"
WHOLE = f"{GUIDE}arrangement"


@pytest.fixture
def roots(browser_of, root):
    return browser_of(root)


def form_of(browser, path: str) -> dict[str, object]:
    """What a page's first form would send if nothing was changed in it."""
    form = browser.get(path).context["form"]
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in values.items() if value not in (None, False, "")} | {"seen": form.opened()}


def read(answer) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_only_who_may_arrange_finds_the_way_there(desk_of, roots, guides):
    assert f'href="{WHOLE}"' in roots.get(GUIDE).content.decode()
    assert f'href="{WHOLE}"' not in desk_of.get(GUIDE).content.decode()
    assert desk_of.get(WHOLE).status_code == 404


def test_where_nothing_is_yet_the_first_category_is_offered(desk, roots):
    page = roots.get(WHOLE)

    assert "No categories yet" in read(page)
    assert f'href="{GUIDE}categories/new"' in page.content.decode()


def test_the_page_asks_no_more_where_there_is_more(roots, queries_of, root, eva, guides):
    def grow(count: int) -> None:
        for n in range(count):
            room = actions.make_category(labels(f"Room {n}"), by=root)
            for m in range(3):
                top = actions.make_section(room, labels(f"Top {m}"), audience=audience.seats(), by=root)
                inner = actions.make_section(room, labels(f"Inner {m}"), parent=top, by=root)
                actions.make_article(inner, "Begun", by=eva)

    grow(1)
    few = queries_of(roots, WHOLE)
    grow(5)

    assert queries_of(roots, WHOLE) == few <= 20


def test_a_sections_page_asks_no_more_where_there_is_more(desk_of, queries_of, published, invoices):
    def grow(count: int) -> None:
        for n in range(count):
            published(f"Article {n}")

    path = f"{GUIDE}sections/{invoices.pk}/order"
    grow(2)
    few = queries_of(desk_of, path)
    grow(8)

    assert queries_of(desk_of, path) == few <= 20


def test_a_category_and_a_section_in_it_are_made_in_each_language(roots, desk):
    roots.post(f"{GUIDE}categories/new", {"name_en": "Guides", "name_fi": "Oppaat", "whom": "seats"})
    room = Category.objects.get()
    chosen = {"into": f"category-{room.pk}", "kind": "news", "fallback": "hide", "whom": "everyone"}
    roots.post(f"{GUIDE}sections/new", {"name_en": "News", "description_fi": "Uutta", **chosen})

    section = Section.objects.get()
    assert (room.labels, room.audience.condition) == ({"en": "Guides", "fi": "Oppaat"}, audience.seats())
    assert (section.category, section.kind, section.fallback) == (room, Kind.NEWS, "hide")
    assert (section.labels, section.descriptions) == ({"en": "News"}, {"fi": "Uutta"})


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(roots, desk):
    answer = roots.post(f"{GUIDE}categories/new", {"name_fi": "Oppaat", "whom": "everyone", "organizations": "77"})

    form = answer.context["form"]
    assert answer.status_code == 422
    assert form.errors["name_en"] == ["Please give it a name in the desk’s own language."]
    assert form.errors["organizations"] == ["No company has this number: 77."]
    assert form["name_fi"].value() == "Oppaat"
    assert not Category.objects.exists()


def test_what_is_not_touched_stays_as_it_is(roots, invoices, root):
    actions.change_section(invoices, labels={**labels("Invoices"), "de": "Rechnungen"}, by=root)
    path = f"{GUIDE}sections/{invoices.pk}/settings"
    before = told(invoices)
    roots.post(path, form_of(roots, path))

    assert Section.objects.get(pk=invoices.pk).labels["de"] == "Rechnungen"
    assert told(invoices) == before


@pytest.mark.parametrize("what", ["categories", "sections"])
def test_a_place_for_a_package_that_is_sold_no_more_stays_for_that(roots, guides, invoices, root, what):
    gold = Package.objects.create(key="gold", labels={"en": "Gold"})
    place, change = {
        "categories": (guides, actions.change_category),
        "sections": (invoices, actions.change_section),
    }[what]
    rule = audience.packages([gold.pk])
    change(place, audience=rule, by=root)
    Package.objects.update(retired=True)
    path = f"{GUIDE}{what}/{place.pk}{'/settings' if what == 'sections' else ''}"
    roots.post(path, as_it_stands(roots, path) | {"name_en": "Gold only"})

    place.refresh_from_db()
    assert place.labels["en"] == "Gold only"
    assert place.audience.condition == rule


def test_two_who_change_a_section_at_once_lose_nothing(roots, invoices, root, otto):
    """What only the other changed is taken over; beside what both changed stands the other's; then it is saved."""
    path = f"{GUIDE}sections/{invoices.pk}/settings"
    mine = form_of(roots, path) | {"name_en": "Mine"}
    changed = {**labels("Theirs"), "fi": "Heidän"}
    actions.change_section(invoices, labels=changed, audience=audience.seats(), by=root)
    answer = roots.post(path, mine)

    form = answer.context["form"]
    assert answer.status_code == 422
    assert f"{root.person.name} changed this meanwhile." in read(answer)
    assert form.errors["name_en"] == ["By now it is “Theirs”. Saving once more puts yours there."]
    assert (form["name_en"].value(), form["name_fi"].value(), form["whom"].value()) == ("Mine", "Heidän", "seats")
    assert Section.objects.get(pk=invoices.pk).labels == changed

    roots.post(path, dict(form.data.items()))
    invoices.refresh_from_db()
    assert invoices.labels == {**changed, "en": "Mine"}
    assert invoices.audience.condition == audience.seats()


def test_what_was_seen_is_no_way_to_break_the_page(roots, guides):
    for seen in (
        "",
        "x",
        "[]",
        "null",
        json.dumps({"mark": 1, "values": [1]}),
        json.dumps({"values": {"name_en": []}}),
    ):
        answer = roots.post(f"{GUIDE}categories/{guides.pk}", {"name_en": "x", "whom": "everyone", "seen": seen})
        assert answer.status_code == 422
    assert told(guides) == ["category.made"]


def test_a_section_moves_into_another_and_why_it_can_not_stands_beside(roots, guides, invoices, news, root):
    path = f"{GUIDE}sections/{invoices.pk}/room"
    roots.post(path, {"into": f"section-{news.pk}"})
    assert Section.objects.get(pk=invoices.pk).parent == news

    answer = roots.post(f"{GUIDE}sections/{news.pk}/room", {"into": f"section-{invoices.pk}"})
    assert answer.status_code == 409
    assert 'id="into-error"' in answer.content.decode()
    assert "one level deep" in read(answer)


def test_what_a_merge_does_is_said_before_it_is_done(roots, guides, invoices, published, root, ada):
    ours = actions.make_section(guides, labels("Ours"), audience=audience.agents(), by=root)
    for n in range(3):
        published(f"Article {n}", section=ours)
    actions.follow(ours, by=root)
    said = " ".join(read(roots.get(f"{GUIDE}sections/{ours.pk}/merge?into={invoices.pk}")).split())

    assert "3 articles move" in said
    assert "Who follows it (1) follows “Invoices” then." in said
    assert "The old address leads to “Invoices”" in said
    assert "So far: agents. Then: everyone." in said
    assert Section.objects.get(pk=ours.pk).merged_into is None

    roots.post(f"{GUIDE}sections/{ours.pk}/merge", {"into": invoices.pk})
    assert Section.objects.get(pk=ours.pk).merged_into == invoices


def test_what_is_empty_is_removed_and_of_what_is_not_the_page_says_why(roots, guides, invoices, news, published):
    published()
    full, empty = (f"{GUIDE}sections/{one.pk}" for one in (invoices, news))
    assert "There is 1 article in it" in read(roots.get(f"{full}/settings"))
    assert "There are articles in it" in read(roots.post(f"{full}/removal", follow=True))

    answer = roots.post(f"{empty}/removal", follow=True)
    assert "“News” is removed." in read(answer)
    assert list(Section.objects.all()) == [invoices]


def test_several_articles_go_elsewhere_at_once_and_the_page_says_for_whom_they_are_there(
    desk_of, guides, invoices, published, root, eva
):
    ours = actions.make_section(guides, labels("Ours"), audience=audience.agents(), by=root)
    made = [published(name) for name in "abc"]
    actions.change_article(made[2], section=ours, by=eva)
    chosen = {"article": [one.pk for one in made], "section": ours.pk}
    said = read(desk_of.post(f"{GUIDE}sections/{invoices.pk}/articles", chosen, follow=True))

    assert "2 articles stand in “Ours” now, for agents." in said
    assert "What somebody else has moved meanwhile stays" in said
    assert set(Article.objects.values_list("section", flat=True)) == {ours.pk}


def test_what_was_chosen_stays_chosen_where_it_is_not_said_whereto(desk_of, invoices, news, published):
    made = [published(name) for name in "ab"]
    answer = desk_of.post(f"{GUIDE}sections/{invoices.pk}/articles", {"article": [made[1].pk], "section": ""})

    assert answer.status_code == 422
    assert [one.chosen for one in answer.context["shown"]] == [False, True]
    assert "Choose where they are to go." in read(answer)


def test_an_article_passes_only_those_beside_which_it_makes_a_difference(desk_of, published, news, invoices, eva):
    first, second, third = (published(name) for name in "abc")
    actions.change_article(third, promoted=True, by=eva)
    published("now", section=news)
    shown = desk_of.get(f"{GUIDE}sections/{invoices.pk}/order").context["shown"]

    assert [(one.article, one.before, one.after) for one in shown] == [
        (third, None, None),
        (first, None, second),
        (second, first, None),
    ]
    assert "newest stands first" in read(desk_of.get(f"{GUIDE}sections/{news.pk}/order"))


@pytest.mark.both
@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_the_help_center_is_arranged_by_keyboard_alone(
    live_desk, page_of, root, eva, guides, invoices, news, published, axe, script
):
    published()
    page = page_of(root, java_script_enabled=script)
    page.goto(WHOLE)
    if script:
        axe(page)
    page.get_by_role("button", name="“Invoices” one down").press("Enter")

    expect(page.locator(".flash").get_by_text("“Invoices” stands behind “News” now.")).to_be_visible()
    expect(page.get_by_role("button", name="“Invoices” one down")).to_be_focused()
    assert sections(root) == ["News", "Invoices"]
    page.keyboard.press("Enter")  # it leads no further, and does nothing
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".flash").get_by_text("“Invoices” stands before “News” now.")).to_be_visible()
    assert sections(root) == ["Invoices", "News"]

    page.get_by_role("link", name="Invoices", exact=True).last.press("Enter")
    page.get_by_label("Name (English)").press("Control+a")
    page.keyboard.type("Bills")
    page.keyboard.press("Enter")
    expect(page.locator(".flash").get_by_text("Saved.")).to_be_visible()
    assert Section.objects.get(pk=invoices.pk).labels["en"] == "Bills"
    if script:
        axe(page)


@pytest.mark.both
def test_a_sections_articles_are_ordered_by_keyboard_alone(live_desk, page_of, eva, invoices, news, published, axe):
    for name in "abc":
        published(f"Article {name}", by=later(eva, seconds=1))
    page = page_of(eva)
    page.goto(f"{GUIDE}sections/{invoices.pk}/order")
    axe(page)
    page.get_by_role("button", name="“Article c” one up").press("Enter")
    expect(page.get_by_role("button", name="“Article c” one up")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".flash").get_by_text("“Article c” stands before “Article a” now.")).to_be_visible()
    assert titles(invoices) == ["Article c", "Article a", "Article b"]
    page.get_by_role("button", name="Promoted: Article b").press("Enter")
    expect(page.get_by_role("button", name="Promoted: Article b")).to_be_focused()
    assert titles(invoices) == ["Article b", "Article c", "Article a"]

    page.get_by_label("Choose “Article a”").press("Space")
    page.get_by_label("Choose “Article a”").press("Enter")  # presses the button of its own form, and no arrow
    expect(page.locator("#to-error")).to_be_visible()
    expect(page.get_by_label("Move those that are chosen to")).to_be_focused()
    page.keyboard.type("Guides – News")
    page.get_by_role("button", name="Move", exact=True).press("Enter")
    expect(page.locator(".flash").get_by_text("1 article stands in “News” now")).to_be_visible()
    assert titles(news) == ["Article a"]


@pytest.mark.both
def test_a_section_is_dragged_to_its_place(live_desk, page_of, root, guides, invoices, news):
    page = page_of(root)
    page.goto(WHOLE)
    handles = page.locator("li .handle")
    handles.nth(1).drag_to(page.get_by_role("link", name="Invoices", exact=True).last, target_position={"x": 5, "y": 2})

    expect(page.locator(".flash").get_by_text("“News” stands before “Invoices” now.")).to_be_visible()
    assert list(arranging.sections(root)) == [news, invoices]


def test_on_a_phone_nothing_is_cut_off(live_desk, page_of, root, guides, invoices, news, published, axe):
    published("A title that is as long as titles of articles become when somebody wants to be exact")
    page = page_of(root, viewport={"width": 390, "height": 844})
    for path in (WHOLE, f"{GUIDE}sections/{invoices.pk}/order", f"{GUIDE}sections/{invoices.pk}/settings"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        axe(page)
