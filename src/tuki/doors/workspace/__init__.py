"""Where agents work: lists, tickets, answers. Parse, call one action or one query per block of a page, show."""
