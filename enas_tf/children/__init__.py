"""The networks searched over: the shared child and the final child of each space."""
