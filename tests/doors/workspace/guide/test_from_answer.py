"""An article made of an answer, and an answer with an article's link."""

from playwright.sync_api import expect

from tests.knowledge.conftest import told
from tuki.knowledge.models import Article, Draft
from tuki.tickets import actions


def test_an_article_is_made_of_an_answer_in_two_steps(desk_of, ticket, invoices, eva):
    answer = actions.reply(ticket, "<p>Turn it <b>off</b> and on.</p>", by=eva)
    path = f"/workspace/messages/{answer.pk}/article"
    assert f'href="{path}"' in desk_of.get(f"/workspace/tickets/{ticket.number}").content.decode()
    assert f'value="{ticket.subject}"' in desk_of.get(path).content.decode()

    desk_of.post(path, {"title": "Off and on", "section": invoices.pk, "language": "en"})

    article = Article.objects.get()
    assert Draft.objects.get().body == "<p>Turn it <b>off</b> and on.</p>"
    assert told(article) == ["article.made"]


def test_a_note_is_no_article(desk_of, ticket, invoices, eva):
    note = actions.note(ticket, "<p>Among us.</p>", by=eva)

    assert desk_of.get(f"/workspace/messages/{note.pk}/article").status_code == 404
    assert f"/messages/{note.pk}/article" not in desk_of.get(f"/workspace/tickets/{ticket.number}").content.decode()


def test_a_reply_gets_an_articles_link_by_its_title(live_desk, page_of, ticket, published, eva):
    article = published("Scanning receipts")
    page = page_of(eva)
    page.goto(f"/workspace/tickets/{ticket.number}")
    page.get_by_role("textbox", name="Public reply").focus()
    expect(page.get_by_role("toolbar")).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_label("or find an article").fill("scann")
    page.get_by_role("button", name="Scanning receipts").press("Enter")

    link = page.locator("#composer .ProseMirror a")
    expect(link).to_have_text("Scanning receipts")
    expect(link).to_have_attribute("href", f"/hc/en/articles/{article.pk}-scanning-receipts")
