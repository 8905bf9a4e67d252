"""The desk itself: its name, languages, rules, products and modules."""
