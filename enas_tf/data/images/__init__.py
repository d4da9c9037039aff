"""Images: their arrays, and each source of them."""
