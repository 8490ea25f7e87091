"""Longbien: States cooperate against cybercrime, node to node, under law that is data.

Read the rooms from the ground up: `wire` (bytes), `law` (rules), `ledger` (proofs), `exchange` (one chain of acts), then
`keys`, `store`, `node`, and on top `peer`, `exercise`, `cli`. README names the seven files that tell the whole story.
"""
