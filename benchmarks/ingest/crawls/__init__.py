"""Crawls as a user of each library would write them, run by the Python of its own environment: they import nothing of wirecopy."""
