"""What good means: batches, loss, metrics and the reward of an architecture."""
