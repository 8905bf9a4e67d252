"""All about an article beside what it says."""

import json
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.desks.conftest import PNG
from tests.doors.workspace.guide.conftest import as_it_stands
from tests.knowledge.conftest import labels, told, write
from tuki.conditions.tree import Not
from tuki.files.actions import store
from tuki.knowledge import actions, audience
from tuki.knowledge.models import Article, Redirect
from tuki.knowledge.queries import reading
from tuki.people import actions as people_actions
from tuki.people.actor import Actor
from tuki.people.models import Organization, Package, Team


@pytest.fixture
def form(published) -> dict[str, object]:
    """The settings of an article as its form has them."""
    article = published()
    return {"section": article.section_id, "whom": "everyone", "author": article.author_id, "owner": article.owner_id}


def seen() -> dict[str, str]:
    """That whoever sends the form has seen the article as it is."""
    return {"seen": json.dumps({"mark": Article.objects.get().mark})}


def path(what: str = "settings") -> str:
    return f"/workspace/guide/articles/{Article.objects.get().pk}/{what}"


def test_what_is_chosen_is_kept(desk_of, form, guides, otto, root):
    elsewhere = actions.make_section(guides, labels("Elsewhere"), by=root)
    told_before = told(Article.objects.get())
    chosen = {"labels": "Bills, vat", "keywords": "pay, due", "promoted": "on", "review_at": "2030-01-02"}

    desk_of.post(path(), {**form, **seen(), **chosen, "section": elsewhere.pk, "author": otto.person_id, "owner": ""})

    article = Article.objects.get()
    assert [one.name for one in article.labels.all()] == ["bills", "vat"]
    assert (article.keywords, article.promoted, article.review_at) == (["pay", "due"], True, date(2030, 1, 2))
    assert (article.section, article.author, article.owner) == (elsewhere, otto.person, None)
    assert told(article)[len(told_before) :] == ["article.changed", "article.moved"]


def test_where_one_thing_can_not_be_nothing_is_saved(desk_of, form, teams, guides, root):
    elsewhere = actions.make_section(guides, labels("Elsewhere"), by=root)
    chosen = {"labels": "bills", "keywords": "pay", "promoted": "on", "section": elsewhere.pk}

    answer = desk_of.post(path(), {**form, **seen(), **chosen, "teams": [teams["payroll"].pk]})

    article = Article.objects.get()
    assert answer.status_code == 422
    assert (article.section_id, article.keywords, article.promoted) == (form["section"], [], False)
    assert not article.labels.exists()


def test_whoever_left_stays_the_author_until_another_is_chosen(desk_of, form, eva, otto):
    Article.objects.update(author=otto.person)
    otto.person.is_active = False
    otto.person.save()

    assert otto.person.name in desk_of.get(path()).content.decode()
    desk_of.post(path(), {**form, **seen(), "author": otto.person_id, "labels": "bills"})

    article = Article.objects.get()
    assert (article.author, article.labels.get().name) == (otto.person, "bills")


def test_an_address_of_before_is_given_shown_and_taken(desk_of, client, form):
    desk_of.post(path("addresses"), {"address": "https://old.example/hc/fi/articles/360001-Laskut?x=1"})

    assert "/hc/…/articles/360001" in desk_of.get(path()).content.decode()
    pk = Article.objects.get().pk
    assert client.get("/hc/en/articles/360001-Other").headers["Location"] == f"/hc/en/articles/{pk}-paying-an-invoice"
    assert client.get("/hc/en/articles/360001").status_code == 301

    desk_of.post(path(f"addresses/{Redirect.objects.get().pk}/removal"))
    assert client.get("/hc/en/articles/360001").status_code == 404


def test_an_address_that_is_in_use_is_refused_beside_its_field_with_what_was_typed(desk_of, form, invoices):
    answer = desk_of.post(path("addresses"), {"address": f"/hc/en/sections/{invoices.pk}-x"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Something of this help center has this address." in page
    assert f'value="/hc/en/sections/{invoices.pk}-x"' in page


@pytest.mark.parametrize("address", [f"/hc/en/articles/{'9' * 20}-x", f"sections/{'9' * 25}", "http://[x", "a/%00"])
def test_what_is_no_address_is_refused_beside_its_field(desk_of, form, address):
    answer = desk_of.post(path("addresses"), {"address": address})

    assert answer.status_code == 422
    assert "No page can have this address." in answer.content.decode()
    assert not Redirect.objects.exists()


def test_an_address_that_was_kept_with_too_long_a_number_does_no_harm(desk_of, form):
    Redirect.objects.create(path=f"articles/{'9' * 20}", kind="article", target=Article.objects.get().pk)

    assert desk_of.get(path()).status_code == 200


def test_an_audience_is_chosen_in_words(desk_of, form, ada, acme):
    acme.code = "1001"
    acme.save()
    desk_of.post(path(), {**form, **seen(), "whom": "seats", "organizations": "1001", "languages": ["en"]})

    article = Article.objects.get()
    assert reading.article(ada, article.pk, "en") is not None
    assert reading.article(Actor(None), article.pk, "en") is None
    page = desk_of.get(path()).content.decode()
    assert "people with the right to use support and" in page
    assert 'value="1001"' in page


def test_a_company_that_there_is_not_is_named(desk_of, form):
    answer = desk_of.post(path(), {**form, **seen(), "organizations": "77"})

    assert answer.status_code == 422
    assert "No company has this number: 77." in answer.content.decode()


def test_nobody_hides_an_article_from_themselves(desk_of, form, teams):
    answer = desk_of.post(path(), {**form, **seen(), "teams": [teams["payroll"].pk]})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"teams": ["You would no longer see it yourself."]}


def test_a_rule_that_the_form_can_not_say_stays(desk_of, form, eva):
    rule = Not(audience.seats())
    actions.change_article(Article.objects.get(), audience=rule, by=eva)
    assert "a rule of its own" in desk_of.get(path()).content.decode()

    desk_of.post(path(), {**form, **seen(), "whom": "kept"})

    assert Article.objects.get().audience.condition == rule


@pytest.mark.parametrize("what", ["package", "team", "language", "company without a number", "nobody"])
def test_what_is_kept_for_some_stays_theirs_whatever_else_is_saved(desk_of, form, teams, acme, root, eva, what):
    """A package that is sold no more is no choice for others; a label given to its guide opens that to nobody."""
    people_actions.set_teams(eva.person, [teams["support"]], by=root)
    gold = Package.objects.create(key="gold", labels={"en": "Gold"})
    rule = {
        "package": audience.both(audience.signed_in(), audience.packages([gold.pk])),
        "team": audience.teams([teams["support"].pk]),
        "language": audience.languages(["de", "en"]),
        "company without a number": audience.organizations([acme.pk]),
        "nobody": audience.packages([]),
    }[what]
    actions.change_article(Article.objects.get(), audience=rule, by=eva)
    for model, changes in ((Package, {"retired": True}), (Team, {"retired": True}), (Organization, {"code": ""})):
        model.objects.update(**changes)

    desk_of.post(path(), as_it_stands(desk_of, path()) | {"labels": "bills"})

    article = Article.objects.get()
    assert article.labels.get().name == "bills"
    assert article.audience.condition == rule


def test_an_article_of_a_hidden_section_stays_there_whatever_else_is_saved(desk_of, form, invoices, news, root):
    actions.change_section(invoices, retired=True, by=root)

    desk_of.post(path(), as_it_stands(desk_of, path()) | {"keywords": "pay"})

    article = Article.objects.get()
    assert (article.keywords, article.section) == (["pay"], invoices)


def test_who_saves_over_anothers_settings_gets_theirs_and_keeps_what_was_typed(desk_of, form, otto):
    """Otto keeps it for agents while Eva labels it: saving hers must not open it to everyone again."""
    sent = as_it_stands(desk_of, path()) | {"labels": "bills", "keywords": "pay"}
    actions.change_article(Article.objects.get(), audience=audience.agents(), keywords=["due"], by=otto)
    answer = desk_of.post(path(), sent)

    page, again = answer.content.decode(), answer.context["form"]
    assert answer.status_code == 422
    assert f"{otto.person.name} changed this meanwhile." in page
    assert "By now it is “due”. Saving once more puts yours there." in page
    assert (again["labels"].value(), again["keywords"].value(), again["whom"].value()) == ("bills", "pay", "agents")
    assert not Article.objects.get().labels.exists()

    desk_of.post(path(), dict(again.data.items()))
    article = Article.objects.get()
    assert (article.labels.get().name, article.keywords) == ("bills", ["pay"])
    assert article.audience.condition == audience.agents()


def test_who_writes_while_another_keeps_house_overtakes_nobody(desk_of, form, otto):
    article = Article.objects.get()
    sent = as_it_stands(desk_of, path()) | {"labels": "bills"}
    write(article, "<p>Meanwhile.</p>", by=otto)

    desk_of.post(path(), sent)

    assert article.labels.get().name == "bills"


def test_why_somebody_sees_it_is_told_by_its_rules(desk_of, form):
    page = desk_of.get(path()).content.decode()

    assert "Why can I see this?" in page
    assert "it is published" in page


@pytest.mark.parametrize(("name", "sees"), [("ada", True), ("nils", False)])
def test_why_a_customer_sees_it_or_not_is_told_by_the_same_rules(desk_of, form, request, eva, name, sees):
    article = actions.change_article(Article.objects.get(), audience=audience.seats(), by=eva)
    who = request.getfixturevalue(name)

    page = desk_of.get(path(), {"who": who.person.email})

    rules = page.context["whose_rules"]
    assert all(rule.lets_in for rule in rules) == sees
    assert (reading.article(who, article.pk, who.person.language) is not None) == sees
    assert f"Whether {who.person} sees it" in page.content.decode()


def test_an_address_that_nobody_has_explains_nothing(desk_of, form):
    assert "Nobody has this address." in desk_of.get(path(), {"who": "nobody@x.example"}).content.decode()


def test_files_are_put_under_an_article_and_taken_away(desk_of, form, eva):
    upload = store(PNG, "bill.png", by=eva)

    desk_of.post(path("files"), {"file": upload.pk})
    assert "bill.png" in desk_of.get(path()).content.decode()

    desk_of.post(path(f"files/{upload.pk}/removal"))
    assert not Article.objects.get().attachments.exists()


def test_what_still_holds_is_looked_at_again_in_a_year(desk_of, form, eva):
    desk_of.post(path("review"))

    article = Article.objects.get()
    assert article.reviewed_at is not None
    assert article.review_at.year == eva.at.year + 1


@pytest.mark.parametrize(("days", "stays"), [(31, True), (400, True), (30, False), (-5, False)])
def test_a_day_of_review_that_is_chosen_stays_unless_this_review_was_for_it(desk_of, form, eva, days, stays):
    """What is due within a month is on the list of what is to be reviewed, and comes off it."""
    chosen = timezone.localdate(eva.at, ZoneInfo(eva.person.time_zone)) + timedelta(days=days)
    actions.change_article(Article.objects.get(), review_at=chosen, by=eva)

    desk_of.post(path("review"))

    article = Article.objects.get()
    assert (article.review_at == chosen) == stays
    assert article.review_at > chosen or stays
