"""WARC 1.1 files: records written, records of anybody read, heads, keys and lines of an index. Pure: bytes and file objects alone.

record.py   a record as bytes; ids and digests
heads.py    HTTP heads beside a decoded payload, and back
reading.py  records of any WARC file, bounded in memory, going on behind what is broken
surt.py     the key under which an index sorts a URL
index.py    a record's line in a CDXJ index

Sources: WARC 1.1 (ISO 28500:2017, iipc.github.io/warc-specifications), CDXJ and WACZ 1.1.1 (specs.webrecorder.net).
"""
