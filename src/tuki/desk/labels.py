"""Names that people see: a label per language, kept as JSON, picked for the reader."""

from django.utils.translation import get_language

Labels = dict[str, str]  # language code to text


def label(labels: Labels, language: str | None = None) -> str:
    """The text in the reader's language, else in English, else in the first there is.

    language: a code such as "fi"; unset, the one now active.
    """
    wanted = (language or get_language() or "en").split("-")[0]
    return labels.get(wanted) or labels.get("en") or next(iter(labels.values()), "")
