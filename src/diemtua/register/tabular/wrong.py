"""What a cell of a spreadsheet shows where it should hold a value."""

NO_VALUE = "#NO_VALUE"  # a formula whose result was never saved
ERRORS = frozenset(
    [
        *("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"),
        *("#SPILL!", "#CALC!", "#GETTING_DATA", "#FIELD!", "#BLOCKED!"),
    ]
)


class Problem(str):
    """What a cell shows instead of a value: an Excel error (#REF!) or NO_VALUE."""
