"""One file for each kind of page: find, ask, do, show."""
