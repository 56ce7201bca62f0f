"""Zips and folders as people have them: what is in them is understood and shown before anything is taken over.

    plan = understand(Source("pets.zip", Path("/tmp/pets.zip")))     # classes, parts, what is left out and why
    taken = take_over(plan, dataset_id, progress, should_stop)

`understand` reads the beginning of every file and writes nothing. `scanning` makes one list of files of a zip, a tar, a
folder or files that a browser sent one by one; `understanding` makes a plan of names alone, so the same holds for all.
"""
