"""Images: what they are once loaded, and where each kind comes from."""
