"""The help center as its readers see it: home, categories, sections, articles, looking up."""
