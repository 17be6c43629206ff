"""Outlines of land: read from files, brought to WGS 84, checked, measured and written. No models here.

`reading.read` gives a `Drawing` in the coordinates of the file, `systems` brings it to WGS 84, `checks.check`
says what is wrong with each shape, `measuring` measures on the ellipsoid. Shapely and PROJ take a quarter of a
second to load, so who needs a part imports that part, where it is needed.
"""
