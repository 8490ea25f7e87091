"""The portal: where the people of a provider see the orders that their firm was given, and nothing else.

What it knows: orders of one provider. What it must never share: a session, a cookie, a passkey or a route with officers. It is a door of its own
beside theirs, with its own table of routes; what stands there is all that a provider can ever ask for.
"""
