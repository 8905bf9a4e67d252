"""Reading what strangers send: from bytes to words, files and what kind of mail it is. Pure, and never raises."""
