"""The court's offline verifier: given one exported record and the root fingerprints, it says what is proven and what is not.

It shares no line with `longbien`: a second reading of the wire specification, so that a fault in one is seen by the other.
"""
