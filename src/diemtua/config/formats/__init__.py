"""How days and hours are written into forms: the same in Vietnamese and English, never month first."""
