"""The command line: what an operator and an officer without a browser type, and what they read.

What it knows: words, exit codes, the way to a running node. What it must never know: how a node decides. A command goes to
the running node through a socket in the node's folder, or, when none runs, opens the node itself; it is the same code.
"""
