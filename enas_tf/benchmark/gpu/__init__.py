"""What a search costs on a GPU: each section in a process of its own, with a limit."""
