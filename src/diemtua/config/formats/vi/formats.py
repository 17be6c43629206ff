"""dd/MM/yyyy, or as ISO 8601 has it."""

DATE_INPUT_FORMATS = ["%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y"]
DATETIME_INPUT_FORMATS = [
    f"{day} {hour}" for day in DATE_INPUT_FORMATS for hour in ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f")
] + DATE_INPUT_FORMATS
