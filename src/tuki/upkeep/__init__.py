"""What administrators do so that the desk goes on running."""
