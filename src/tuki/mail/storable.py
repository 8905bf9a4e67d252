"""Text as any database of ours can hold it."""


def storable(text: str) -> str:
    """Without null bytes and half characters, which PostgreSQL refuses."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
