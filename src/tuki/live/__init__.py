"""What others are doing, while a page is open: a name of what changed, never its content; and who has what open."""
