"""Node to node, over HTTPS with pinned certificates and by pouch.

What it knows: sockets, TLS, retries in time. What it must never know: what is in an envelope. The same bytes travel both
ways of carriage, and the same receipts come back; a network that changes them changes nothing but their arrival.
"""
