"""Articles as data: what `wirecopy export` writes. Read run.py first.

commands     `wirecopy export FORMAT [OUT]`: arguments, printing and exit codes
fields       what is said of an article, name by name: the schema of JSON lines, CSV and Parquet
jsonl        an article as a line of JSON
"""
