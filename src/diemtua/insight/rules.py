"""What My day looks at: product settings, not law."""

DUE_SOON_DAYS = 30  # commitments and next steps
EXPIRING_DAYS = 90  # instruments
SILENT_DAYS = 365  # partners
PERMISSION_DAYS = 120  # planned engagements looked at for the day to apply for permission
RECENT_CHANGES = 2000  # the newest changes among which those of others are looked for
COUNTED = 50  # counts stop here: "50+"
SHOWN = 6  # rows of each list
SCOPES = ("mine", "unit", "all")
