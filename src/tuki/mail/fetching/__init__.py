"""Fetching mail that lies on other servers."""
