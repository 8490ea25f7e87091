"""What an effect answers: facts to write, facts to take away, codes to announce."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from longbien.law.rules import Rules
from longbien.law.situation import Facts, Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Facts to write, facts to take away, and codes to announce to the people concerned."""

    write: Facts = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


Effect: TypeAlias = Callable[[Situation, Rules], Changes]
