"""The JSON API of a State's own node, version 1: what console and command line do, for programs.

One table (`table`) has every route with who may ask, what it takes and what it gives; from it come the routes, the checks and the OpenAPI
document, so none of the three can differ from the others. A program brings a token; an approval brings an officer's passkey and no token.
"""
