"""The small forms of single steps, one file a subject."""
