"""Tickets: from the first message to the last, and all that people do with one."""
