"""The customers' door: the help center's pages, requests, and one's own account."""
