"""Which machine a run's bits hang on: processor, threads, TensorFlow's switches."""
