"""What a request is for, and what came of it: the records that travel through Scrapy. Parse nothing, store nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from scrapy import Request
from scrapy.http import Response

from archive.model import BackfillStep, Capture, CaptureRole, Lease, PageTask
from crawler.outcome import Refusal

PRIORITY = {"feed": 100, "page": 0, "robots": 200}  # feeds first: what they name is then known early


@dataclass(frozen=True, slots=True)
class Errand:
    """One request's purpose: a claimed feed, a due page or a document for backfill, the hops that led here, the fields sent along."""

    role: CaptureRole
    outlet: str  # Outlet.code: whose politeness holds
    lease: Lease | None = None
    task: PageTask | None = None
    step: BackfillStep | None = None
    hops: tuple[Capture, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()  # validators and credentials: for the first origin only

    def request(self, url: str, callback: Any = None, errback: Any = None) -> Request:
        return Request(url, callback=callback, errback=errback, meta={"errand": self}, dont_filter=True, priority=PRIORITY[self.role])


class WireResponse(Response):
    """Scrapy's view of an exchange, failed ones included: `capture` is what we saw, `refusal` why we did not ask.

    `left` says that the errand stays as it is, for a later run: the host holds us off, or the run is being stopped.
    """

    attributes: tuple[str, ...] = (*Response.attributes, "capture", "refusal", "left")

    def __init__(
        self,
        url: str,
        *args: Any,
        capture: Capture | None = None,
        refusal: Refusal | None = None,
        left: Literal["held", "stopped"] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(url, *args, **kwargs)
        self.capture = capture
        self.refusal = refusal
        self.left = left

    @property
    def errand(self) -> Errand:
        errand = self.meta["errand"]
        assert isinstance(errand, Errand)  # noqa: S101 - all our requests carry one
        return errand

    @property
    def hops(self) -> tuple[Capture, ...]:
        """All exchanges of this errand, in order."""
        return (*self.errand.hops, self.capture) if self.capture else self.errand.hops
