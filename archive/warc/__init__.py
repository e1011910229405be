"""WARC 1.1 files: records written, records of anybody read, heads, keys and lines of an index. Pure: bytes and file objects alone.

record.py   a record as bytes; ids and digests
heads.py    HTTP heads beside a decoded payload, and back
reading.py  records of any WARC or ARC file, bounded in memory, going on behind what is broken
source.py   a file as a run of bytes; a plain one
packed.py   one that is packed: gzip members, or zstd frames with their dictionary
arc.py      the line that heads a record of an ARC file
surt.py     the key under which an index sorts a URL
index.py    a record's line in a CDXJ index

Sources: WARC 1.1 (ISO 28500:2017) and its packing with Zstandard (both iipc.github.io/warc-specifications), ARC 1 and 2
(archive.org/web/researcher/ArcFileFormat.php), CDXJ and WACZ 1.1.1 (specs.webrecorder.net).
"""
