"""A final child in formats that others read, and answers from them."""
