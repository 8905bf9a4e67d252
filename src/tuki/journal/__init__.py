"""The append-only record: who did what, when, via what. Who wants to act on it hears of it in the same transaction."""
