"""Arcs as users write them: JSON, printed tokens, genotypes, files, names."""
