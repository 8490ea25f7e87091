"""What every command of a node takes and gives: plain arguments, plain results, or a refusal with a code.

What it knows: JSON values. What it must never know: a node. Arguments come from outside the process, so each is looked at before
it is used: a wrong one refuses its command and nothing else.
"""

from typing import Any

Result = dict[str, Any]


class CommandRefused(Exception):
    """The command did nothing. `code` is stable, `detail` says which argument or stage."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class Arguments(dict[str, Any]):
    """The arguments of one command, by name.

    Raises:
        CommandRefused: ARGUMENT_MISSING, ARGUMENT_INVALID.
    """

    def __missing__(self, name: str) -> Any:  # noqa: ANN401 - never returns
        raise CommandRefused("ARGUMENT_MISSING", name)

    def text(self, name: str) -> str:
        """A text."""
        value = self[name]
        if not isinstance(value, str):
            raise CommandRefused("ARGUMENT_INVALID", f"{name} is not a text")
        return value

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        value = self[name]
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise CommandRefused("ARGUMENT_INVALID", f"{name} is not a list of texts")
        return value

    def hex(self, name: str) -> bytes:
        """Bytes that are written as hexadecimal."""
        return from_hex(self.text(name), name)

    def number(self, name: str, default: int, *, highest: int) -> int:
        """A whole number from 1 to `highest`."""
        value = self.get(name, default)
        if type(value) is not int or not 1 <= value <= highest:
            raise CommandRefused("ARGUMENT_INVALID", f"{name} is not a number from 1 to {highest}")
        return value


def from_hex(digits: str, name: str) -> bytes:
    """The bytes; raises `CommandRefused` ARGUMENT_INVALID, with the name of what is wrong."""
    try:
        return bytes.fromhex(digits)
    except ValueError as error:
        raise CommandRefused("ARGUMENT_INVALID", f"{name} is not hexadecimal") from error
