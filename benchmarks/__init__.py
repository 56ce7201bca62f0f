"""Measurements of speed, apart from the tests: `make bench`, or `make bench QUICK=1` for the main figures alone.

One file a section of the report (`head`, `growth`, `many`, `features`, `recipe`, `prediction`, `floor`), each with a
function `measure(bench) -> Section`. Around them: `bench` is what a section is given, `clock` is how time is taken,
`contenders` are the engines compared, `published` is the loop as its authors wrote it, `report` is what is printed,
`targets` is what is to be reached.

To add a section: write such a file and name it in `SECTIONS` of `__main__.py`.
"""
