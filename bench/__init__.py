"""The speed table: `python -m bench --help` from the root of the checkout."""
