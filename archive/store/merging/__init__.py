"""What another archive has comes into this one: by digests and natural keys, never by row ids. Each transaction leaves a sound archive.

    theirs     READ FIRST: the two archives, and which row of the one is which of the other
    frame      outlets, feeds, runs, tombstones, furniture: what all else hangs on
    exchanges  captures with heads and bodies
    provenance the files that they were imported from
    payloads   bodies, as they are packed or anew
    articles   a page with its captures, readings and articles; where both have it, in the order of time
    said       polls, entries, backfill
    order      ids of one page or feed brought into the order of time
    ending     what is known only when all is there: addresses, keyframes, stories

All rows are found again by what they say, so that a merge that was ended goes on by beginning anew, and a second one changes nothing.
"""

# Every table is in one of these, so that whoever adds one has to decide: a test compares them with the schema.
MERGED = frozenset({
    "outlets", "feeds", "runs", "bodies", "pages", "captures", "capture_heads", "polls", "entries", "terms", "gaps", "backfill", "walls",
    "articles", "readings", "markdown", "clean_queue", "compact_queue", "keyframes", "furniture", "furnishings", "prunings", "pruned",
    "pruned_texts", "tombstones", "tombstone_keys", "imports", "imported", "credits",
})  # fmt: skip
LEFT = frozenset({
    "identity", "merges", "audits", "recoveries", "_sqlite_migrations",  # of the one file
    "hosts", "moves", "alerts",  # where this machine stands
    "stories", "story_texts", "story_prints_a", "story_prints_b", "story_reruns", "story_hubs", "story_paragraphs", "story_links",
    "story_index", "grouping_turns", "copies", "copies_due", "changes", "changes_due",  # made anew from the articles
})  # fmt: skip
