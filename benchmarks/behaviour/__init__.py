"""How the poller behaves over weeks, seen from the outside: `python -m benchmarks.behaviour`, see `__main__`."""
