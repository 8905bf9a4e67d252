"""Asking for help, and following what one has asked."""
