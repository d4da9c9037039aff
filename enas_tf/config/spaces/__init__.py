"""The search spaces: one spec each, and the registry that holds them."""
