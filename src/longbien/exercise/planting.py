"""How a bug is planted: one part of a node is exchanged for a faulty one while a world is played.

What it knows: how a part is taken out and put back. What it must never know: which bugs there are.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """One fault of a node: what it is, which promises it breaks, and how it is planted."""

    name: str
    what: str
    promises: frozenset[str]
    plant: Callable[[], contextlib.AbstractContextManager[None]]


@contextlib.contextmanager
def swapped(owner: Any, name: str, faulty: Any) -> Iterator[None]:  # noqa: ANN401 - any part of a node
    """Inside, the part `name` of `owner` is the faulty one."""
    sound = getattr(owner, name)
    setattr(owner, name, faulty)
    try:
        yield
    finally:
        setattr(owner, name, sound)


def both(*parts: contextlib.AbstractContextManager[None]) -> contextlib.AbstractContextManager[None]:
    """Several parts are faulty together."""

    @contextlib.contextmanager
    def planted() -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            for part in parts:
                stack.enter_context(part)
            yield

    return planted()


def bug(
    name: str, promises: str, what: str, plant: Callable[[], contextlib.AbstractContextManager[None]]
) -> Bug:
    """A bug and the promises that it breaks, separated by blanks."""
    return Bug(name=name, what=what, promises=frozenset(promises.split()), plant=plant)
