"""What can be read of a damaged SQLite file, page by page, without SQLite: it gives a damaged file up where we go on reading.

    pages.py      the file and its WAL as numbered pages; what cannot be read is said, never guessed
    records.py    a record's bytes -> values
    btree.py      a tree from its root: rows, and the holes where a page is damaged
    shapes.py     does a record belong to a table? by number, types and looks of its values
    survey.py     all tables of a file, and the leaves that no tree leads to any more

Knows no SQL, writes nothing. Source of the format: "Database File Format" of the SQLite documentation (sqlite.org/fileformat2.html).
"""
