"""Files that people send us."""
