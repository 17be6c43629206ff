"""Reply packs: what is asked of the land, what may be told, the document."""
