"""Mutated bytes into everything that reads bytes of strangers: see `__main__`."""
