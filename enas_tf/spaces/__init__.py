"""Search spaces as data: their decisions and their architectures."""
