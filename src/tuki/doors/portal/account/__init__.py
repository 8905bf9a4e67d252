"""Signing in, and one's own account. allauth runs the roads; this says where they lead and what is said on them."""
