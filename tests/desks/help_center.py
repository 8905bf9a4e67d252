"""A help center's pages with all that an article may hold, for what each page owes to everybody. No word is English."""

from datetime import timedelta
from typing import Any

from django.utils.translation import override

from tests.desks.conftest import PNG
from tuki.desk.queries import the_desk
from tuki.doors.portal.guide.addresses import to_article, to_category, to_section
from tuki.files.actions import store
from tuki.knowledge import actions, audience, links
from tuki.knowledge.models import Article, Fallback, Pace, Section, Translation
from tuki.knowledge.queries import reading
from tuki.people.actor import Actor

_PARTS = "".join(f"<h2>Osa {n}</h2><h3>Kohta {n}</h3><p>{'Lasku kiertää. ' * 60}</p>" for n in range(1, 6))
_BODY = """<p>Avaa <a href="https://muualla.example/ohje">lasku</a>.</p>{parts}
<aside class="note"><p>Muista tallentaa.</p></aside><aside class="tip"><p>Kysy.</p></aside>
<aside class="warning"><p>Varo.</p></aside>
<table><thead><tr><th scope="col">Valinta</th><th scope="col">Seuraus</th></tr></thead>
<tbody><tr><td>Hyväksy</td><td>Lukittuu</td></tr></tbody></table>
<pre><code>{wide}</code></pre>
<figure><img src="/hc/files/{picture}/kuva.png" alt="Lasku"><figcaption>Kuva laskusta</figcaption></figure>
<p><a class="video" href="https://videot.example/abc">Laskun kierto</a></p>"""


def fill(cast: dict[str, Actor], language: str) -> dict[str, Any]:
    """Let there be guides in that language, and what is shown of one that is written in another only."""
    eva, root = cast["eva"], cast["root"]
    section = Section.objects.filter(parent=None, audience=None, category__audience=None, kind="guides").earliest("pk")
    picture = store(PNG, "kuva.png", by=eva)
    body = _BODY.format(parts=_PARTS, wide="1 + " * 60, picture=picture.pk)
    article = _publish(section, "Ostolasku", body, language, by=eva)
    actions.change_article(article, labels=["kierto"], by=eva)
    actions.attach(article, [store(b"loki", "loki.txt", by=eva)], by=eva)
    actions.change_article(article, promoted=True, review_at=eva.at.date(), by=eva)
    other = _publish(section, "Ostolaskun kierto", "<p>Lyhyesti.</p>", language, by=eva)
    actions.change_article(other, labels=["kierto"], by=eva)
    ours = _publish(section, "Ostolaskut meille", "<p>Sisäinen.</p>", language, by=eva)
    actions.change_article(ours, audience=audience.agents(), by=eva)
    news = Section.objects.filter(kind__in=["service", "news"], audience=None, category__audience=None).first()
    if news is not None:
        _publish(news, "Huolto", "<p>Yöllä.</p>", language, by=eva)
    named = {"article": article.pk, "picture": picture.pk, "section": section.pk, **_followers(section, language)}
    named |= _written(article, section, language, by=eva) | _arranged(section, news or section, language, by=root)
    foreign = next((one for one in the_desk().languages if one != language), None)
    with override(language):
        named |= {
            "room_page": to_category(section.category, language),
            "shelf_page": to_section(section, language),
            "article_page": _page(article, language),
            "short_page": _page(other, language),
        }
        if foreign is not None:
            named["foreign_page"] = _page(_publish(section, "Vieras", "<p>Toinen.</p>", foreign, by=eva), language)
            hidden = actions.make_section(section.category, section.labels, fallback=Fallback.HIDE, by=root)
            only = _publish(hidden, "Vain", "<p>Muu.</p>", foreign, by=eva)
            named["elsewhere_page"] = f"/hc/{language}/articles/{only.pk}"
    named |= {"twin": other.pk, "joined": _joined(other, language, by=eva)}
    return named


def _joined(kept: Article, language: str, *, by: Actor) -> int:
    """An article that said the same as another, before it was merged; and an address of the help center before."""
    actions.redirect("ohjeet/ostolaskut", kept, by=by)
    section = Section.objects.get(pk=kept.section_id)
    duplicate = _publish(section, "Ostolasku kiertää", "<p>Toisin sanoen.</p>", language, by=by)
    actions.merge_articles(kept, duplicate, by=by)
    return duplicate.pk


def _written(article: Article, section: Section, language: str, *, by: Actor) -> dict[str, Any]:
    """What editors have before them: revisions, a draft, a plan, a vote with its reason, a link that leads nowhere."""
    translation = Translation.objects.get(article=article)
    for title in ("Ostolaskut", "Ostolasku"):
        draft = {"title": title, "body": translation.body, "version": translation.version}
        translation = actions.save_draft(translation, **draft, by=by)
        actions.publish(translation, version=translation.version, by=by)
        translation = Translation.objects.get(article=article)
    actions.vote(article, helpful=False, language=language, reason="Puuttuu kuva.", by=by)
    nowhere = f'<p>Katso <a href="/hc/{language}/articles/99999">tuolla</a> ensin.</p>'
    begun = actions.make_article(section, "Kesken", nowhere, language=language, by=by)
    planned = actions.make_article(section, "Tulossa", "<p>Pian.</p>", language=language, by=by)
    translation = Translation.objects.get(article=planned)
    actions.schedule(translation, version=translation.version, publish_at=by.at + timedelta(days=1), by=by)
    _publish(section, "Umpikuja", nowhere, language, by=by)
    gone = _publish(section, "Vanha", "<p>Ohi.</p>", language, by=by)
    actions.archive(Translation.objects.get(article=gone), by=by)
    unspoken = next((one for one in the_desk().languages if one != language), language)
    return {"begun": begun.pk, "unspoken": unspoken}


def _arranged(section: Section, news: Section, language: str, *, by: Actor) -> dict[str, Any]:
    """What there is to arrange: a category and a section with nothing in them, one of support's own, one hidden."""
    room = actions.make_category({language: "Tyhjä"}, by=by)
    inner = actions.make_section(section.category, {language: "Sisempi"}, parent=section, by=by)
    ours = actions.make_section(section.category, {language: "Omat"}, audience=audience.agents(), by=by)
    hidden = actions.make_section(room, {language: "Piilo"}, by=by)
    actions.change_section(hidden, retired=True, descriptions={language: "Kesken."}, by=by)
    actions.merge_sections(ours, hidden, by=by)
    places = {"room": section.category, "empty_room": room, "inner": inner, "ours": ours, "announcing": news}
    return {name: place.pk for name, place in places.items()}


def _followers(section: Section, language: str) -> dict[str, Any]:
    """The links in mails to an address that asked to follow a section, and to one that does."""
    asked, follows = (
        actions.follow_by_address(section, f"{who}@muualla.example", language=language, pace=Pace.DAILY, by=Actor(None))
        for who in ("kysyi", "seuraa")
    )
    actions.confirm(links.token_for(follows, links.CONFIRM), by=Actor(None))
    return {
        "followed": section.pk,
        "follow_asked": links.token_for(asked, links.CONFIRM),
        "stop": links.token_for(follows, links.LEAVE),
        "follows": links.token_of_reader(follows),
    }


def _page(article: Article, language: str) -> str:
    showing = reading.article(Actor(None), article.pk, language)
    assert showing is not None
    return to_article(showing, language)


def _publish(section: Section, title: str, body: str, language: str, *, by: Actor) -> Article:
    article = actions.make_article(section, title, body, language=language, by=by)
    translation = Translation.objects.get(article=article)
    actions.publish(translation, version=translation.version, by=by)
    return article
