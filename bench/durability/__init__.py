"""Nothing is ever lost: visits in real browsers against the real service, with faults at random points, and an audit of both.

`python -m bench.durability --visits 1000 --seed 1`; the method and the results are in docs/durability.md.
"""
