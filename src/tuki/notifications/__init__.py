"""Who hears of what by mail. Nothing else makes mail."""
