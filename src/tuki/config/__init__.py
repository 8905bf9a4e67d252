"""Where all apps meet: settings, addresses and the server."""
