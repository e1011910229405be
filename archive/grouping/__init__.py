"""Which texts are copies of one story: told by what of one text stands in the other. Pure: no SQL, no clock, no chance.

    rules      the numbers, in one frozen record with a version
    words      a text as tokens, by script
    layout     a text as paragraphs: which may be furniture, whether it is a live page
    captions   whether a paragraph stands under a picture: it travels apart from the story
    sketch     a sample of a text's shingles, a sixth of it, the same one wherever it stands
    headlines  whether two headlines are one
    figures    the numbers in a text: a template is told from a copy by them
    decide     a text and the stories near it -> its story, and what it has of others
    kept       what a copy kept of another text, and what it added: for people

The sketch is that of FracMinHash (Irber et al. 2022): all shingles whose hash is below a bound are kept, so that containment can be
estimated in both directions between texts of any length. MinHash (Broder 1997) estimates likeness alone, and a brief is not like its story.
"""

from archive.grouping.decide import Known, Link, Nearby, Verdict, decide
from archive.grouping.layout import Paragraph, is_corrected, is_live, paragraphs
from archive.grouping.rules import GROUPING_VERSION, RULES, Rules
from archive.grouping.sketch import Sketch, sketch, too_short, unpack

__all__ = [
    "GROUPING_VERSION",
    "RULES",
    "Known",
    "Link",
    "Nearby",
    "Paragraph",
    "Rules",
    "Sketch",
    "Verdict",
    "decide",
    "is_corrected",
    "is_live",
    "paragraphs",
    "sketch",
    "too_short",
    "unpack",
]
