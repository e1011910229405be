"""FROM THE WIRE TO RAW: polls feeds, discovers links, fetches pages, and hands each exchange to the archive."""
