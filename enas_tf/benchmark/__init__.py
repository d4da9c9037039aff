"""A search's cost beside a fixed network: ratios of things timed in one process."""
