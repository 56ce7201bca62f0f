"""Studies: many runs of one question, over settings and seeds, kept as they come and compared in pairs.

A `plan` makes cells; `execution` trains them in chunks and puts a row each into a `store`; `comparisons` and `words`
say what came out; `export` writes it for other programs.
"""
