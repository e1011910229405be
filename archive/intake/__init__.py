"""Collections of others, and our own, brought in: WARC and WACZ, folders of HTML files, lines of JSON. Read run.py first.

run        files, one after the other, into the archive; then what came in is cleaned like everything else
arrival    what a file brings: an exchange, or why a place in it brings none
files      which files there are, of which format, and what tells them apart
events     WARC records that belong to one exchange
warc       an exchange of WARC records, ours or another's
answer     an HTTP answer of a record, its codings undone
folder     a folder of HTML files
manifest   a list of a folder's files with their URLs and times
lines      lines of JSON: pages, or texts without pages
elements   the objects of a JSON file, one by one
"""
