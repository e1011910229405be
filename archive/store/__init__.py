"""The door to the database, one file a domain. Everything that writes the archive's tables stands here; what only reads them for
people (search, show, verify, status, health) has its queries beside its output.

    connect      open, create, recognise; one transaction at a time
    runs         what a run did
    feeds        the due-queue: sync with sources.toml, claim, complete
    entries      what feeds said of their entries
    pages        seen links and the fetch queue
    captures     exchanges as observed, their heads
    bodies       put by digest, get by digest
    clean_queue  captures whose reading is due
    readings     articles, revisions
    selecting    articles of a selection, in the order of their ids
    partitions   the same, sorted by day or outlet
    changes      each revision beside the one before it
    stories      copies of one story, told as they come
    walls        answers that are no story: consent, challenges, soft 404s
    backfill     documents of an outlet's past, read and still to be read
    same_page    one page under several addresses
    hosts        robots.txt and holds across runs
    alerts       what the alert command was told last
    copying      a whole archive copied while it is in use
    emptying     bodies on their way out
    forgetting   all that a page left is found, and goes
    merging      another archive's rows, found again by what they say
    pruning      what a policy takes
    tombstones   what was taken down never comes in again
"""
