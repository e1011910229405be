"""Captures as WARC files, their index, and WACZ. Read run.py first.

run        which captures are taken, one after the other, into files that can be gone on with
records    one exchange as its records: answer or revisit, request, metadata
around     what a metadata record says: facts that HTTP does not carry, and what was read of the page
volumes    the files: begun beside their names, taken up where they were left, renamed when they are whole
index      a CDXJ index of WARC files, sorted on disk
wacz       a WACZ of WARC files: index, pages, digests
"""
