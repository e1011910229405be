"""A small HTTP/1.1 client for many small pages: exact heads, checked addresses, caps on size and time. Knows no Scrapy.

exchange.py    one request and its answer, from URL to Capture
connection.py  a connection: bytes in, an answer out
heads.py       request heads written, heads read, secrets blanked
"""
