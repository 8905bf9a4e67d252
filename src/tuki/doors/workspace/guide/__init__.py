"""The help center, as those see it who write it: lists, the editor, how it is arranged, and how it is read."""
