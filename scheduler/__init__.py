"""WHEN: what is due, one run of it, and the `wirecopy` command line."""
