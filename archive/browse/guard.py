"""Who may ask, and which headers every answer has. In front of Datasette: what is turned away here never reaches it.

- **Host.** A web site that makes its own name point to 127.0.0.1 (DNS rebinding) has a browser ask us under that name: names that are not
  ours are turned away. Addresses cannot be made to point elsewhere.
- **Other sites.** A page elsewhere may have a browser load our addresses as images or frames. It could read nothing, but it could keep the
  machine busy: such requests are turned away (Fetch Metadata, W3C). A link from elsewhere is followed.
- **Methods.** GET and HEAD: nothing here is changed.
- **Datasette's pages about itself** (`/-/...`) say where files are and take forms: they are not served; its style sheets and scripts are.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK_NAMES = frozenset({"localhost"})
# Datasette's pages have scripts in their HTML. Ours have none, and say so with a header of their own.
DATASETTE_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_EVERYWHERE = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"x-frame-options": b"DENY",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), browsing-topics=()",
    b"content-security-policy": DATASETTE_POLICY.encode(),
}


def guarded(app: App, names: frozenset[str], *, any_address: bool) -> App:
    """`names`: hosts that are ours, lower case, beside loopback's. `any_address`: also addresses that are not loopback's."""

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        refused = refusal(scope, names, any_address=any_address)
        if refused:
            await _refuse(send, *refused)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = [(bytes(name).lower(), bytes(value)) for name, value in message.get("headers", [])]
                known = {name for name, _ in given}
                message = {**message, "headers": given + [one for one in _EVERYWHERE.items() if one[0] not in known]}
            await send(message)

        await app(scope, receive, send_with_headers)

    return asgi


def refusal(scope: Scope, names: frozenset[str], *, any_address: bool) -> tuple[int, str] | None:
    """Why a request is turned away: status and reason; None where it is let through. Pure."""
    headers = {bytes(name).lower(): bytes(value).decode("latin-1") for name, value in scope["headers"]}
    if scope["method"] not in ("GET", "HEAD"):
        return 405, "The archive is read only."
    if not is_ours(headers.get(b"host", ""), names, any_address=any_address):
        return 421, "This name is not one of this server's. Name it with: wirecopy browse --server-name NAME"
    followed = headers.get(b"sec-fetch-mode") == "navigate" and headers.get(b"sec-fetch-dest") == "document"
    if headers.get(b"sec-fetch-site") == "cross-site" and not followed:
        return 403, "Other sites may link to this page, but not load it into theirs."
    path = str(scope["path"])
    if path.startswith("/-/") and not path.startswith("/-/static/"):
        return 404, "There is no such page."
    return None


def is_ours(host: str, names: frozenset[str], *, any_address: bool) -> bool:
    """Whether a Host header names this server; the port is left aside. Pure."""
    name = host.strip().lower()
    name = name[1:].partition("]")[0] if name.startswith("[") else name.rpartition(":")[0] or name
    if name in LOOPBACK_NAMES or name in names:
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or any_address


async def _refuse(send: Send, status: int, why: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *_EVERYWHERE.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{why}\n".encode()})
