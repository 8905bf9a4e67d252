"""Gathers texts from code and templates into the catalogs, one for each language but English, and says what is missing.

A text is never guessed from a similar one: a new one is untranslated until somebody writes it.
"""

import os
import re
import tempfile
from pathlib import Path

LANGUAGES = ("fi", "nl", "sv")
SOURCE = Path(__file__).resolve().parent.parent / "src" / "tuki"
# Without the dates and names that gettext would put there: git says those better, and without conflicts.
_HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""


def gather(source: Path = SOURCE) -> None:
    """Bring the catalogs below `source`/locale up to date with its code."""
    from django.core.management import call_command
    from django.core.management.commands import makemessages

    class Command(makemessages.Command):
        msgmerge_options = ["-q", "--backup=none", "--update", "--no-fuzzy-matching"]

    (source / "locale").mkdir(exist_ok=True)
    before = Path.cwd()
    os.chdir(source)
    try:
        call_command(
            Command(),
            locale=list(LANGUAGES),
            no_location=True,
            no_wrap=True,
            no_obsolete=True,
            verbosity=0,
        )
    finally:
        os.chdir(before)
    for language in LANGUAGES:
        catalog = source / "locale" / language / "LC_MESSAGES" / "django.po"
        _header, *texts = catalog.read_text().strip().split("\n\n")
        # In the order of their words: moving code about changes no catalog.
        in_order = "\n\n".join(sorted(texts, key=_words))
        catalog.write_text(f"{_HEADER.format(language=language)}\n{in_order}\n")


def _words(entry: str) -> list[str]:
    return [line for line in entry.splitlines() if line.startswith(("msgid", "msgctxt"))][::-1]


def missing(catalog: str) -> list[str]:
    """The entries of a catalog that have no translation yet, whole or in one of their plural forms."""
    return [entry for entry in catalog.split("\n\n")[1:] if re.search(r'^msgstr(\[\d\])? ""$(?!\n")', entry, re.M)]


def main() -> None:
    os.environ.setdefault("TUKI_DATA", tempfile.mkdtemp(prefix="tuki-texts-"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tuki.config.settings"
    import django

    django.setup()
    gather()
    for language in LANGUAGES:
        catalog = (SOURCE / "locale" / language / "LC_MESSAGES" / "django.po").read_text()
        print(f"{language}: {catalog.count('msgid ') - 1} texts, {len(missing(catalog))} to be translated")


if __name__ == "__main__":
    main()
