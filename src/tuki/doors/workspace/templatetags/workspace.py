"""What the workspace's templates need beside what all templates know."""

from django import template

register = template.Library()


@register.filter
def get(mistakes: dict[str, str], name: str) -> str:
    """What could not be set, and why; empty for what could."""
    return mistakes.get(name, "")
