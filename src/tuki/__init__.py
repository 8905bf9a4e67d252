"""Tuki: the help center and service desk of a company that makes software for other companies."""

__version__ = "0.1.0"
