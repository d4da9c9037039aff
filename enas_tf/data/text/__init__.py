"""Text: words as numbers, and each source of them."""
