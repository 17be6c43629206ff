"""Open data: which public registers are given away, column by column, and as which files.

`datasets` declares, `rows` reads, `writing` makes files, `catalogue` describes all of it as DCAT.
"""
