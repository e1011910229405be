"""When a stored page is looked at again: a decaying schedule, counted from the last change that is known of it. Pure.

News pages are corrected within hours, cut or taken down within days; after a month next to nothing happens to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from archive.model import Known

STABLE = 4  # looks in a row without news: what is left of the schedule but its last step is dropped
MOST = 40  # looks at one page in all: a live page that changes each time would be asked for ever


def next_check(schedule: Sequence[timedelta], known: Known | None, now: datetime, dated_at: datetime | None = None) -> datetime | None:
    """The time of the next look after one at `now` that went well; None where there is none.

    `known` is what was remembered before it, None for a page's first fetch: then what its feed says counts (`dated_at`). Steps
    that the past has overtaken are passed over: a machine that was off does not catch up look by look, and a story that was a week old when
    it was found is not asked for every hour.
    One older than the whole schedule is looked at once, after its last step.
    """
    if not schedule or (known is not None and known.checks + 1 >= MOST):
        return None
    changed_at = known.changed_at if known is not None else min(dated_at or now, now)
    quiet = known is not None and known.quiet + 1 >= STABLE
    steps = schedule[-1:] if quiet else schedule
    last = now + schedule[-1] if known is None else None
    return next((changed_at + step for step in steps if changed_at + step > now), last)
