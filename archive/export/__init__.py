"""Articles as data: what `wirecopy export` writes. Read run.py first.

commands     `wirecopy export FORMAT [OUT]`: the formats, imported when they are called
options      the options that they share
run          a selection, line by line, into a file
place        where it is written, and the small state file by which it goes on after an interruption
track        that state as it moves
blocks       lines that are compressed together
progress     what is said meanwhile
fields       what is said of an article, name by name: the schema of JSON lines, CSV and Parquet
schema       the same as JSON Schema
jsonl        an article as a line of JSON
records      an article as a record of CSV

warc/        captures as WARC and WACZ, and their index
"""
