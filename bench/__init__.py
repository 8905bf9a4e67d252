"""How fast Tuki is, held against yardsticks on its own server in the same run. See README.md."""
