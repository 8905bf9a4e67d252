"""Following: its buttons, its pages, and the links in mails to followers."""
