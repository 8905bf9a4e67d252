"""The help center: categories, sections, articles with their translations, and who follows what."""
