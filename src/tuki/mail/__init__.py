"""Mail as it travels: mailboxes, the ledger of what came in, deliveries that go out, and the reading of both."""
