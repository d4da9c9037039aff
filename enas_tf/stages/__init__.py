"""One stage of a command each: settings in, a finished part of a run out."""
