"""The door to the database, one file a domain. Everything that reads or writes the archive's tables stands here.

connect     open, create, recognise; one transaction at a time
runs        what a run did
feeds       the due-queue: sync with sources.toml, claim, complete
pages       seen links and the fetch queue
captures    exchanges as observed, their heads, their bodies
bodies      put by digest, get by digest
readings    clean queue, articles, revisions, stories
hosts       robots.txt and holds across runs
"""
