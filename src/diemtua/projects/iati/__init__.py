"""Aid as IATI 2.03 activities: writing them, reading them, and checking a file against schema and rules.

Pure: nothing here knows the database. `activity` says what is exchanged, `writing` and `reading` turn it into XML
and back, `checking` holds a file against the official schema and ruleset in `reference/`.
"""
