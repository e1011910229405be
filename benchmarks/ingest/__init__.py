"""What a page costs from the feed to the disk, beside other crawlers: `python -m benchmarks.ingest`, see `__main__`."""
