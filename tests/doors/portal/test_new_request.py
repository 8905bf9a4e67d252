"""Submitting a request."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tuki.desk.models import Module, Product, WhoIsCopied
from tuki.files import actions
from tuki.files.models import File
from tuki.people import actions as people
from tuki.people.models import Membership, Organization
from tuki.tickets.models import Attachment, Ticket

ADDRESS = "/hc/en/requests/new"


@pytest.fixture
def asked(desk) -> dict[str, object]:
    return {
        "subject": "The printer is on fire",
        "body": "Flames.\n\nSee https://example.com/a?b=1&c=2",
        "severity": "stops",
    }


def test_a_request_says_all_that_was_filled_in(browser_of, ada, bert, asked):
    product, module = Product.objects.get(), Module.objects.get()

    answer = browser_of(ada).post(
        ADDRESS, asked | {"product": product.pk, "module": module.pk, "copies": "BERT@acme.example"}
    )

    ticket = Ticket.objects.get()
    assert answer.url == f"/hc/en/requests/{ticket.number}/sent"
    assert (ticket.subject, ticket.severity, ticket.priority) == ("The printer is on fire", "stops", 1)
    assert (ticket.product, ticket.module, ticket.requester) == (product, module, ada.person)
    assert [copy.person for copy in ticket.copies.all()] == [bert.person]
    assert ticket.messages.get().html == (
        '<p>Flames.</p><p>See <a href="https://example.com/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">'
        "https://example.com/a?b=1&amp;c=2</a></p>"
    )


def test_what_is_typed_is_text_and_never_markup(browser_of, ada, asked):
    browser_of(ada).post(ADDRESS, asked | {"body": "<script>alert(1)</script> <b>x</b>"})

    html = Ticket.objects.get().messages.get().html
    assert html == "<p>&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;x&lt;/b&gt;</p>"


def test_F17_the_confirmation_names_the_number_the_address_of_answers_and_the_spam_folder(
    browser_of, ada, asked, words_of
):
    browser = browser_of(ada)

    page = words_of(browser.get(browser.post(ADDRESS, asked).url))

    assert f"Request #{Ticket.objects.get().number} has come in" in page
    assert "support@festum.example" in page
    assert "spam" in page


def test_H6_whoever_lacks_the_right_reads_how_to_get_it_and_sends_nothing(browser_of, nils, asked, words_of):
    browser = browser_of(nils)

    shown, sent = browser.get(ADDRESS), browser.post(ADDRESS, asked)

    assert shown.status_code == sent.status_code == 403
    assert "Ask support for a seat." in words_of(shown)
    assert not Ticket.objects.exists()


def test_mistakes_stand_beside_their_fields_and_nothing_typed_is_lost(browser_of, ada, asked):
    answer = browser_of(ada).post(ADDRESS, asked | {"subject": "", "copies": "not an address"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert not Ticket.objects.exists()
    assert "Flames." in page
    assert 'value="not an address"' in page
    assert re.search(r'name="subject"[^>]*aria-invalid="true"', page)
    assert re.search(r'name="subject"[^>]*aria-describedby="id_subject_helptext id_subject_error"', page)
    assert 'id="id_subject_error"' in page
    assert '<a href="#id_subject">Please write what it is about.</a>' in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"subject": "x" * 201}, "200"),
        ({"body": " \n "}, "Please describe it."),
        ({"severity": ""}, "Please choose how badly it gets in the way."),
        ({"severity": "nonsense"}, "nonsense"),
        ({"product": "999"}, "999"),
        ({"module": "x"}, "x"),
        ({"copies": "ada@acme.example, nonsense@"}, "“nonsense@” is not an e-mail address."),
        ({"copies": " ".join(f"p{n}@acme.example" for n in range(21))}, "At most 20 people"),
    ],
)
def test_what_cant_be_is_told_in_a_sentence(browser_of, ada, asked, words_of, wrong, said):
    answer = browser_of(ada).post(ADDRESS, asked | wrong)

    assert answer.status_code == 422
    assert said in words_of(answer)
    assert not Ticket.objects.exists()


def test_a_character_that_no_database_keeps_is_left_out(browser_of, ada, asked):
    assert browser_of(ada).post(ADDRESS, asked | {"subject": "a\0b"}).status_code == 302

    assert Ticket.objects.get().subject == "ab"


def test_A8_a_copy_that_the_rule_refuses_is_told_beside_the_field_in_words_that_tell_nothing(
    browser_of, ada, dora, asked, rules, words_of
):
    rules(who_is_copied=WhoIsCopied.COMPANY)

    said = [
        words_of(browser_of(ada).post(ADDRESS, asked | {"copies": address})).replace(address, "…")
        for address in ("dora@globex.example", "nobody@nowhere.example")
    ]

    assert not Ticket.objects.exists()
    assert "can't be added" in said[0].replace("&#x27;", "'")
    assert re.sub(r'value=".*?"', "", said[0]) == re.sub(r'value=".*?"', "", said[1])


def test_a_module_of_another_product_is_refused_and_a_module_alone_names_its_product(browser_of, ada, asked):
    other = Product.objects.create(key="other", labels={"en": "Other"})
    module = Module.objects.get()

    wrong = browser_of(ada).post(ADDRESS, asked | {"product": other.pk, "module": module.pk})
    assert wrong.status_code == 422
    browser_of(ada).post(ADDRESS, asked | {"module": module.pk})

    assert Ticket.objects.get().product == module.product


def test_a_severity_says_what_it_means_where_the_desk_has_words_for_it(browser_of, ada, rules):
    plain = {"key": "low", "labels": {"en": "Low"}, "priority": 5}
    rules(severities=[{**plain, "key": "high", "labels": {"en": "High"}, "hints": {"en": "A <part> is down."}}, plain])

    page = browser_of(ada).get(ADDRESS).content.decode()

    assert 'High<span class="help">A &lt;part&gt; is down.</span>' in page
    assert "<span>Low</span>" in page


def test_a_desk_without_products_or_severities_asks_for_none(browser_of, ada, rules):
    Product.objects.update(retired=True)
    rules(severities=[])
    browser = browser_of(ada)

    page = browser.get(ADDRESS).content.decode()
    browser.post(ADDRESS, {"subject": "Help", "body": "Please"})

    assert 'name="product"' not in page
    assert 'name="severity"' not in page
    assert Ticket.objects.get().subject == "Help"


def test_who_has_the_right_in_several_companies_says_for_which(browser_of, ada, dora, eva, asked):
    globex = Organization.objects.get(name="Globex Oy")
    place = Membership.objects.create(person=ada.person, organization=globex)
    browser = browser_of(ada)
    assert "Globex Oy" not in browser.get(ADDRESS).content.decode()  # without the right there, nothing to choose

    people.give_seat(place, by=eva)
    assert "Globex Oy" in browser.get(ADDRESS).content.decode()
    browser.post(ADDRESS, asked | {"organization": globex.pk})

    assert Ticket.objects.get().organization == globex


def test_files_come_with_the_form_where_there_is_no_script(browser_of, ada, asked):
    files = [SimpleUploadedFile("a.txt", b"one"), SimpleUploadedFile("b.txt", b"two")]

    browser_of(ada).post(ADDRESS, asked | {"files": files})

    assert [attachment.file.name for attachment in Attachment.objects.all()] == ["a.txt", "b.txt"]


def test_files_survive_a_mistake_elsewhere(browser_of, ada, asked):
    browser = browser_of(ada)
    wrong = browser.post(ADDRESS, asked | {"subject": "", "files": [SimpleUploadedFile("a.txt", b"one")]})
    [kept] = re.findall(r'name="file" value="(\d+)"', wrong.content.decode())

    browser.post(ADDRESS, asked | {"file": kept})

    assert Ticket.objects.get().messages.get().attachments.get().file.name == "a.txt"


def test_a_file_too_large_is_named_and_the_others_are_kept(browser_of, ada, asked, settings, words_of):
    settings.FILE_SIZE_LIMIT = 10
    files = [SimpleUploadedFile("small.txt", b"one"), SimpleUploadedFile("huge.txt", b"x" * 11)]

    answer = browser_of(ada).post(ADDRESS, asked | {"files": files})

    assert answer.status_code == 422
    assert "“huge.txt” is too large" in words_of(answer)
    assert [file.name for file in File.objects.all()] == ["small.txt"]
    assert not Ticket.objects.exists()


def test_more_files_than_fit_are_refused_by_name(browser_of, ada, asked, settings, words_of):
    settings.FILES_PER_MESSAGE = 1
    files = [SimpleUploadedFile("a.txt", b"one"), SimpleUploadedFile("b.txt", b"two")]

    answer = browser_of(ada).post(ADDRESS, asked | {"files": files})

    assert answer.status_code == 422
    assert "“b.txt” is one too many" in words_of(answer)


def test_a_file_is_attached_and_removed_without_a_script_and_without_sending(browser_of, ada, asked):
    browser = browser_of(ada)
    more = browser.post(ADDRESS, asked | {"attach": "yes", "files": [SimpleUploadedFile("a.txt", b"one")]})
    [kept] = re.findall(r'name="file" value="(\d+)"', more.content.decode())

    less = browser.post(ADDRESS, asked | {"file": kept, "remove": kept})

    assert more.status_code == less.status_code == 200
    assert "Flames." in less.content.decode()
    assert 'name="file"' not in less.content.decode()
    assert not File.objects.exists()
    assert not Ticket.objects.exists()


def test_somebody_elses_upload_cant_be_attached(browser_of, ada, bert, asked):
    theirs = actions.store(b"secret", "theirs.txt", by=bert)

    answer = browser_of(ada).post(ADDRESS, asked | {"file": theirs.pk})

    assert answer.status_code == 422
    assert "theirs.txt" not in answer.content.decode()
    assert not Ticket.objects.exists()


def test_the_form_asks_no_more_questions_for_more_products(browser_of, ada, questions):
    browser = browser_of(ada)
    few = questions(lambda: browser.get(ADDRESS))
    for n in range(10):
        product = Product.objects.create(key=f"p{n}", labels={"en": f"P{n}"})
        Module.objects.create(product=product, key="m", labels={"en": "M"})

    assert questions(lambda: browser.get(ADDRESS)) == few <= 6
