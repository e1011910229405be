"""News agencies of the world: data, and the lookup from a credit as printed to an agency.

Says who is *named*; whether naming is a credit is decided by `archive.clean.agency`.

    rows.py    one agency a row: names in many scripts, signatures, hosts
    words.py   credits that name no house, and signatures that mean other things as well
    named.py   the lookups
"""

from archive.agencies.named import (
    AGENCIES,
    Agency,
    agencies_in,
    agencies_within,
    agency_by_code,
    agency_named,
    agency_of_host,
    is_unnamed_agency,
    means_other_things,
    read_credit,
    spells_out,
    unnamed_in,
)

__all__ = [
    "AGENCIES",
    "Agency",
    "agencies_in",
    "agencies_within",
    "agency_by_code",
    "agency_named",
    "agency_of_host",
    "is_unnamed_agency",
    "means_other_things",
    "read_credit",
    "spells_out",
    "unnamed_in",
]
