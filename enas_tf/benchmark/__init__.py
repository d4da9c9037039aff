"""What a search costs beside a fixed network: ratios of things timed in one process."""
