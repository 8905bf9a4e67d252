"""PostgreSQL as Django has it, with room for what is asked again and again."""
