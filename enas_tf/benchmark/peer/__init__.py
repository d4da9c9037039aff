"""The same searches' steps in PyTorch, and both timed in turns.

What imports torch is only imported in PyTorch's own process.
"""
