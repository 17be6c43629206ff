"""Relations between the mentions of a text: who cooperates with whom, who holds which post, what costs how much.

A text is read sentence by sentence, as codes in which every mention is a letter (`line`); `scene` holds them and the
facts found. Stage by stage: countries of places (`localities`), papers and their frame (`papers`, `signatures`), sites
and capital (`sites`, `investment`, `sizes`), people, whose posts then leave the lines (`people`), markets (`trade`),
and who works with whom (`coordination`, `partnership`, with `stating` for what a clause says, `parties` for between
whom, `talk` for whom pointing words mean, and `cues` for the words).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from diemtua.sources.reader.relations import (
    coordination,
    investment,
    localities,
    papers,
    partnership,
    people,
    signatures,
    sites,
    sizes,
    trade,
)
from diemtua.sources.reader.relations.scene import Link, Scene
from diemtua.sources.reader.spans import Found
from diemtua.sources.reader.view import View

__all__ = ["Link", "find"]


def find(
    view: View,
    found: Sequence[Found],
    refs: Sequence[str],
    home: str | None = None,
    published: datetime.date | None = None,
) -> list[Link]:
    """The relations stated in a text, each once, in reading order of what states them.

    `found`: the mentions, in view coordinates, nested ones among them; `refs[i]`: what `found[i]` refers to, the same
    for all mentions of one thing; `home`: the province whose paper it is.
    """
    scene = Scene(view, found, refs, home, published)
    localities.read(scene)
    papers.read(scene)
    head = signatures.read(scene)
    sites.read(scene)
    investment.read(scene)
    sizes.read(scene)
    people.read(scene)  # takes the posts out of the lines, for what follows
    trade.read(scene)
    coordination.read(scene, head.agency)
    partnership.read(scene, head.agency)
    return sorted(scene.links.values(), key=lambda link: (link.start, link.end, link.source, link.target))
