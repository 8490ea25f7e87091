"""The ways to a person who sleeps: mail, push, hooks, and whatever else a State has.

What it knows: channels, texts, addresses. What it must never hold: anything of a case. A text leaves the node for other people's
servers, so it says a kind, an age, a code and where the console is.
"""
