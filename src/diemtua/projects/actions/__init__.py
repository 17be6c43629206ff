"""Every write of the room, one file a subject."""
