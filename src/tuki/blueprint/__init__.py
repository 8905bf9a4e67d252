"""A whole desk written as a folder of TOML files: read, checked, and applied to the database."""
