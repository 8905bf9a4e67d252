"""A desk with lively data to look at: people and threads from content/, done by the same actions as everything else."""
