"""The exceptions of a machine that cannot do what the suites need.

They are no verdict about a message: a node that meets one must stop, never fall back to something weaker
(P13, P15).
"""


class PrimitiveMissing(RuntimeError):
    """The cryptographic library of this machine lacks a primitive; `code` names it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SelfTestFailed(RuntimeError):
    """A primitive gave a wrong answer to a known question; `code` names it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
