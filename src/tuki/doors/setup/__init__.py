"""Where administrators see to the desk itself: its mail, and the work it does by itself."""
