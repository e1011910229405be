"""Stories: every text that is read finds its story, in the transaction that keeps its article. Nothing is kept outside the database.

    place      READ FIRST: a text, new or read anew -> its story
    texts      one row each different text, with its sketch
    index      who has this run of words: two windows, hubs, reruns
    learned    paragraphs that an outlet prints again and again
    leaving    an article that has another text now, or none
    replay     all articles grouped anew, in their order; resumable
    copies     after the pages were read: each copy beside its story's reference text; resumable

What the tables hold depends on the order of the articles alone: the same pages kept in the same order give the same ids, and a replay
gives them again. Where articles were read anew in between, or taken back, the replay says what the ids are.
"""

from archive.store.stories.copies import Copy, beside_reference, compare, due
from archive.store.stories.leaving import leave, told_anew
from archive.store.stories.place import Piece, place
from archive.store.stories.replay import Progress, begin_anew, regroup, waiting

__all__ = [
    "Copy",
    "Piece",
    "Progress",
    "begin_anew",
    "beside_reference",
    "compare",
    "due",
    "leave",
    "place",
    "regroup",
    "told_anew",
    "waiting",
]
