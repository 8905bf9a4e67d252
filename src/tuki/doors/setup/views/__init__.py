"""One file a part of the door."""
