"""What documents propose of parties and people.

A party is proposed when a relation speaks of it or another proposal needs it: a passing mention makes no record.
Parks are no parties: the room of land proposes them. What a document does not say stays empty.

Higher rooms ask `party(sheet, mention)` for the parties that their own records name.
"""

from diemtua.sources import proposing

from .naming import names
from .recognising import recognise_parties, recognise_people
from .stating import propose
from .things import is_ours, is_own, own, party, proposed

proposing.register(propose, recognise={"party": recognise_parties, "person": recognise_people}, names=names)

__all__ = ["is_ours", "is_own", "own", "party", "propose", "proposed", "recognise_parties", "recognise_people"]
