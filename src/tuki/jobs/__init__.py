"""Work that follows a change: jobs, timers and the worker that does them."""
