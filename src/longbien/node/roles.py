"""What people do in their office, and what each may put a name to.

What it knows: eight roles, and which of them sign. What it must never know: screens; which role sees which page stands beside the page.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a person does in the office; a person may have several roles."""

    DUTY = "duty"
    LAWYER = "lawyer"
    APPROVER = "approver"
    INVESTIGATOR = "investigator"
    ANALYST = "analyst"
    PRIVACY = "privacy"
    AUDITOR = "auditor"
    OPERATOR = "operator"


# Whoever signs acts at all.
SIGNING: Final = frozenset({Role.DUTY, Role.LAWYER, Role.APPROVER})
# What an officer has who is enrolled with a key in a file, as in a demonstration.
ORDINARY: Final = (Role.DUTY, Role.LAWYER, Role.APPROVER)


def may_sign(roles: Sequence[str], others: Sequence[Sequence[str]], *, needed: int) -> bool:
    """Whether a person with `roles` may be the next to sign, after `others`, an act that needs so many persons.

    An act that needs two of them does not leave without an approver: the signature that completes it finds one, or is one.
    """
    if not SIGNING.intersection(roles):
        return False
    if needed < 2 or len(others) + 1 < needed:
        return True
    return any(Role.APPROVER in signer for signer in (roles, *others))
