"""Pages of the room that no register screen gives, one file a subject."""
