"""Logs and archives that keep a rule, and others that break one: a file a theme."""
