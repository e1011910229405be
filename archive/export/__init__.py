"""Articles as data: what `wirecopy export` writes.

Read run.py first. Formats of lines:

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
    ninjs        an article as IPTC has it
    jsonld       an article as schema.org has it

Folders, and the feed:

    folder       a selection, partition by partition, into a folder of files
    parquet      such a file, with typed columns
    dataset      such a folder, for `datasets.load_dataset`
    files_run    a selection into a file an article
    files        such a file, plain text or Markdown, and its name
    atom_run     the newest articles of a selection as a feed
    atom         that feed
    xml_text     text that XML can hold

Captures:

    warc/        as WARC and WACZ, and their index
"""
