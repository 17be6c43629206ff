"""The forms of the room, one file a subject."""
