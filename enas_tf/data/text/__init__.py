"""Text: words as numbers, and where each kind comes from."""
