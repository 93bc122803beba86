"""The campaign of damaged files: ``make fuzz``, or ``python -m scripts.fuzz --help``.

``seeds`` are sound files of every kind, ``damage`` breaks them, ``children`` runs every command over each of them in a
process with limits, ``campaign`` counts, ``writing`` lets every step of a write fail and kills writers at random.
Everything follows from the seed number: a case is made again by its number alone.
"""
