"""Files, TFDS or embedded data to arrays with training, validation and test."""
