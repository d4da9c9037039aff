"""Ops, named weights and seeds: the building blocks of every network."""
