"""Practice for people and simulation for tests: nodes in a world that is not the real one.

What it knows: nodes, software passkeys, sample cases, and the worlds in which they meet. What it must never do: touch a live
node. Everything made here is marked as demonstration or exercise, by mode and by name.
"""
