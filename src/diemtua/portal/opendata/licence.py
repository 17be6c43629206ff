"""Under which licence the data is given away: a dated rule of the rulebook, for the province decides it."""

from __future__ import annotations

from dataclasses import dataclass

from diemtua.rulebook.queries import NoRule, rule


@dataclass(frozen=True)
class Licence:
    """`name` and `address` are empty where none has been decided: then nothing is said of reuse."""

    name: str = ""
    address: str = ""
    basis: str = ""


def licence() -> Licence:
    """What the rulebook says today."""
    try:
        found = rule("portal.data_licence")
    except NoRule:
        return Licence()
    name, _sep, address = str(found.value or "").partition(" https://")
    return Licence(name.strip(), f"https://{address.strip()}" if address else "", found.basis)
