"""What is read of the help center: by readers, by editors, by whoever tells followers."""
