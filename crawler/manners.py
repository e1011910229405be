"""How we introduce ourselves: the User-Agent, and what we say we can read. Pure; imports no framework."""

from __future__ import annotations

from importlib import metadata

ACCEPT = {
    "feed": "application/rss+xml, application/atom+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5",
    "page": "text/html, application/xhtml+xml, */*;q=0.5",
    "robots": "text/plain, */*;q=0.5",
}


def user_agent(contact: str | None) -> str:
    """`wirecopy/1.2 (+CONTACT)`: who we are, and where to complain."""
    product = f"wirecopy/{metadata.version('wirecopy')}"
    return f"{product} (+{contact})" if contact else product
