"""From a command line to a checked request, before TensorFlow is imported."""
