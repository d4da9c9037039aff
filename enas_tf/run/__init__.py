"""A run on disk and on screen: its folder, checkpoints, rows, events, progress."""
