"""bin/catalogs.py compiles what msgfmt compiles."""

import gettext
import importlib.util
import io
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location("catalogs", Path(__file__).parents[2] / "bin" / "catalogs.py")
catalogs = importlib.util.module_from_spec(spec)
spec.loader.exec_module(catalogs)

FINNISH = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

#: tickets/models.py:12
msgid "Open"
msgstr "Avoin"

msgctxt "verb"
msgid "Open"
msgstr "Avaa"

#, python-format
msgid "%(n)s file"
msgid_plural "%(n)s files"
msgstr[0] "%(n)s tiedosto"
msgstr[1] "%(n)s tiedostoa"

msgid ""
"Two lines\n"
"and a \"quote\""
msgstr ""
"Kaksi riviä\n"
"ja \"lainaus\""

#, fuzzy
msgid "Guess"
msgstr "Arvaus"

msgid "Not yet"
msgstr ""

#~ msgid "Old"
#~ msgstr "Vanha"
"""


@pytest.fixture
def finnish(tmp_path):
    po = tmp_path / "django.po"
    po.write_text(FINNISH, encoding="utf-8")
    return gettext.GNUTranslations(io.BytesIO(catalogs.compiled(catalogs.translations(po))))


def test_a_word_is_translated_by_its_context(finnish):
    assert finnish.gettext("Open") == "Avoin"
    assert finnish.pgettext("verb", "Open") == "Avaa"


def test_a_number_chooses_the_form(finnish):
    assert finnish.ngettext("%(n)s file", "%(n)s files", 1) == "%(n)s tiedosto"
    assert finnish.ngettext("%(n)s file", "%(n)s files", 7) == "%(n)s tiedostoa"


def test_lines_and_quotes_come_through(finnish):
    assert finnish.gettext('Two lines\nand a "quote"') == 'Kaksi riviä\nja "lainaus"'


@pytest.mark.parametrize("text", ["Guess", "Not yet", "Old"])
def test_what_nobody_vouches_for_stays_untranslated(finnish, text):
    assert finnish.gettext(text) == text


def test_a_broken_line_is_named_with_its_place(tmp_path):
    po = tmp_path / "django.po"
    po.write_text('msgid "Open"\nmsgstr "Avoin\n', encoding="utf-8")

    with pytest.raises(catalogs.Unreadable, match=r"django.po:2: "):
        catalogs.translations(po)


def test_a_catalog_is_compiled_again_only_after_it_changed(tmp_path):
    po = tmp_path / "django.po"
    po.write_text(FINNISH, encoding="utf-8")
    catalogs.refresh(po)
    first = po.with_suffix(".mo").stat().st_ino
    catalogs.refresh(po)

    assert po.with_suffix(".mo").stat().st_ino == first
