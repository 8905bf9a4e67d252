"""The door that mail comes in by: a raw mail in, an action out."""
