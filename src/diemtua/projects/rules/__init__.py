"""Pure rules of the room, one file a subject; no model is imported here."""
