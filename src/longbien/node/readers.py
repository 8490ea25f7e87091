"""How an act that is kept as signed bytes is read again, with the author as its descriptor described it then."""

from collections.abc import Callable

from longbien.exchange import Act, Author

Reading = tuple[Act, Author]
"""An act and who proposed it."""

ActReader = Callable[[bytes], Reading]
"""From the raw statement to the act and its author."""
