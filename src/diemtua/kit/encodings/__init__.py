"""Vietnamese as it was written before Unicode, recognised by the shape of its words and turned into Unicode."""

from .decoding import Decoded, decode
from .repair import Repaired, repaired, speaks_for
from .tables import FROM, TCVN3, UTF8_AS_1252, VNI, WINDOWS_1258, from_tcvn3, from_vni

__all__ = [
    "FROM",
    "TCVN3",
    "UTF8_AS_1252",
    "VNI",
    "WINDOWS_1258",
    "Decoded",
    "Repaired",
    "decode",
    "from_tcvn3",
    "from_vni",
    "repaired",
    "speaks_for",
]
