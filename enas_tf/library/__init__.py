"""The search as Python programs call it: flags become keywords, files become arrays."""
