"""Reads of land: what all zones, plots and leases can be asked, and what pages, maps and answers need."""
