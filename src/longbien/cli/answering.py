"""What all commands of a node share: a "no" of the node becomes a refusal, and an exchange is found by its first digits.

What it knows: the node's answers. What it must never know: terminals.
"""

from typing import Any

from longbien.cli.asked import CommandRefused
from longbien.node import Denied, Node
from longbien.store.exchange_rows import ExchangeRow


def granted(answer: Any) -> Any:  # noqa: ANN401 - whatever the door gives, unless it is a "no"
    """The answer; raises `CommandRefused` with the code of a `Denied`."""
    if isinstance(answer, Denied):
        raise CommandRefused(answer.code, answer.detail)
    return answer


def exchange_of(node: Node, prefix: str) -> ExchangeRow:
    """An exchange by the first digits of its identifier; raises `CommandRefused` EXCHANGE_UNKNOWN, EXCHANGE_AMBIGUOUS."""
    try:
        wanted = bytes.fromhex(prefix[: len(prefix) // 2 * 2])
    except ValueError as error:
        raise CommandRefused("ARGUMENT_INVALID", "exchange") from error
    with node.store.transaction() as tx:
        rows = [row for row in tx.exchanges.with_prefix(wanted) if row.id.hex().startswith(prefix)]
    if len(rows) != 1:
        raise CommandRefused("EXCHANGE_UNKNOWN" if not rows else "EXCHANGE_AMBIGUOUS", prefix)
    return rows[0]
