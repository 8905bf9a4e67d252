"""Code that lets the world in: parse, call one action or one query per block of a page, show."""
