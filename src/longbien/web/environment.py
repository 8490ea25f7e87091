"""The templates, ready to be filled: everything escaped, and a name that nobody gave is a fault.

What it knows: where templates lie, and the few words that need no request. What it must never know: who reads.
"""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from longbien.web import sizes, times
from longbien.web.assets import assets


@cache
def environment() -> Environment:
    """The templates. A name that a template uses and nobody gave is a fault, not a blank."""
    found = Environment(
        loader=PackageLoader("longbien.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters["utc"] = times.utc
    found.filters["machine"] = times.machine
    found.filters["size"] = sizes.shown
    found.globals["asset"] = lambda name: assets()[name]
    return found
