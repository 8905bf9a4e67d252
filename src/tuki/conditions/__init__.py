"""Conditions as data: one frozen tree that is asked of facts in Python and of columns in SQL, with the same answer."""
