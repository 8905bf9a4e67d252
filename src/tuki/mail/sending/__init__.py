"""How a mail leaves: its bytes, its signature, its lane, and the server that it is handed to."""
