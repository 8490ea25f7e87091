"""The node's memory: one SQL schema for SQLite and PostgreSQL, and a place for objects.

What it knows: tables, transactions, durability settings and how to read them back. What it must never know: the law, the
network, keys in the clear, the meaning of the bytes it keeps. The database is not trusted for integrity: whatever is
decided from it can be derived again from the signed bytes that it holds (`longbien node verify`).

A transaction is all or nothing, and it has happened when the `with` block ends without an exception: then, and only
then, it is on the disk (promises P1, P14). A failed sync is never retried here: it raises `StoreFault`, and the node stops
accepting (P13).
"""

from longbien.store.database import Store, StoreFault, Transaction

__all__ = ["Store", "StoreFault", "Transaction"]
