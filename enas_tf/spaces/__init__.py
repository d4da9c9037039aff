"""Search spaces as data: what is decided, and what an architecture is."""
