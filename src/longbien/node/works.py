"""Works: what takes long (sealing, fetching, verifying, a file for a court), done beside whoever asked for it.

What it knows: how far a work is, and how it ended. What it must never know: what is done in it. A work lives as long as the process; each
is one that can be said again after an interruption and goes on where it was, so nothing is lost with it. What must stop the node stops it
from here too (promise P13).
"""

import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from longbien.carry.pace import step_back
from longbien.node.ports import Broken, Denied, Entropy, Now, Tell
from longbien.store import StoreFault

RUNNING_MAX: Final = 4
KEPT_MAX: Final = 200

Result = Mapping[str, Any]
Do = Callable[[Tell], Result | Denied]
Start = Callable[[Callable[[], None]], None]
"""How a work is begun: in a thread of its own, or at once where a test waits for it."""


class Stopping(Exception):
    """The node stops: whatever takes long ends where it is, and goes on from there when it is asked for again."""

    code = "NODE_STOPPING"
    detail = "the node is stopping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One work. `about` is the exchange that it belongs to, `thing` what it is done to; `done` and `whole` are bytes; `ended_at` (ms) is 0 while it
    runs, and then `code` is "" or why it came to nothing.
    """

    id: bytes
    kind: str
    about: bytes
    thing: bytes
    begun_at: int
    told_at: int
    done: int = 0
    whole: int = 0
    ended_at: int = 0
    code: str = ""
    detail: str = ""
    result: Result = field(default_factory=dict)

    @property
    def runs(self) -> bool:
        """Whether it is not over."""
        return not self.ended_at

    @property
    def rate(self) -> int:
        """Bytes a second so far, 0 where it cannot be told."""
        spent = self.told_at - self.begun_at
        return self.done * 1000 // spent if spent > 0 else 0

    @property
    def left(self) -> int | None:
        """Seconds to go at that rate, `None` where it cannot be told."""
        return (self.whole - self.done) // self.rate if self.runs and self.rate else None


class Works:
    """The works of one process."""

    def __init__(self, *, now: Now, entropy: Entropy) -> None:
        self.start: Start = _in_a_thread
        self.fatal: Callable[[BaseException], None] = _nobody_listens
        self._now = now
        self._entropy = entropy
        self._lock = threading.Lock()
        self._over = threading.Condition(self._lock)
        self._stopping = False
        self._works: dict[bytes, Work] = {}

    def begin(self, kind: str, do: Do, *, about: bytes, thing: bytes) -> Work | Denied:
        """A work has begun; the one that runs already, where the same is asked for. Codes: WORK_RUNNING (another one runs for this thing), WORKS_FULL."""
        with self._lock:
            running = [work for work in self._works.values() if work.runs]
            for work in running:
                if work.thing == thing:
                    return work if work.kind == kind else Denied(code="WORK_RUNNING", detail=work.kind)
            if len(running) >= RUNNING_MAX:
                return Denied(code="WORKS_FULL", detail=f"{RUNNING_MAX} run already")
            now = self._now()
            made = Work(id=self._entropy(16), kind=kind, about=about, thing=thing, begun_at=now, told_at=now)
            self._works[made.id] = made
            self._forget()
        self.start(lambda: self._run(made.id, do))
        return self._works[made.id]

    def find(self, identifier: bytes) -> Work | None:
        """A work of this process."""
        return self._works.get(identifier)

    def of(self, *, about: bytes | None = None, thing: bytes | None = None) -> tuple[Work, ...]:
        """The works of an exchange or of a thing, the newest first."""
        with self._lock:
            found = [
                work
                for work in self._works.values()
                if (about is None or work.about == about) and (thing is None or work.thing == thing)
            ]
        return tuple(reversed(found))

    def ending(self, tell: Tell) -> Tell:
        """`tell`, which ends whoever tells when the node stops: it raises `Stopping` then. For works, and for long commands."""

        def told(done: int, whole: int) -> None:
            if self._stopping:
                raise Stopping
            tell(done, whole)

        return told

    def stop(self, seconds: float) -> None:
        """Whatever tells how far it is ends there; returns when every work is over, or after so many seconds."""
        with self._over:
            self._stopping = True
            self._over.wait_for(lambda: not any(work.runs for work in self._works.values()), seconds)

    def _run(self, identifier: bytes, do: Do) -> None:
        def tell(done: int, whole: int) -> None:
            self._change(identifier, done=done, whole=whole, told_at=self._now())

        try:
            found = do(self.ending(tell))
        except (StoreFault, Broken) as fault:
            self._end(identifier, code="NODE_STOPPED")
            self.fatal(fault)
        except Exception as fault:  # noqa: BLE001 - a work that fails stops nothing else
            code, detail = getattr(fault, "code", ""), str(getattr(fault, "detail", ""))
            if not code:
                code, detail = "UNEXPECTED", identifier.hex()[:8]
                sys.stderr.write(f"work {detail}\n{traceback.format_exc()}")
            self._end(identifier, code=code, detail=detail)
        else:
            if isinstance(found, Denied):
                self._end(identifier, code=found.code, detail=found.detail)
            else:
                self._end(identifier, result=found)

    def _end(self, identifier: bytes, **how: Any) -> None:  # noqa: ANN401 - fields of a work
        self._change(identifier, ended_at=self._now(), **how)

    def _change(self, identifier: bytes, **how: Any) -> None:  # noqa: ANN401
        with self._over:
            self._works[identifier] = replace(self._works[identifier], **how)
            self._over.notify_all()

    def _forget(self) -> None:
        """The oldest ones that are over make room."""
        over = [name for name, work in self._works.items() if not work.runs]
        for name in over[: max(0, len(self._works) - KEPT_MAX)]:
            del self._works[name]


def _in_a_thread(run: Callable[[], None]) -> None:
    def behind_the_others() -> None:
        step_back()
        run()

    threading.Thread(target=behind_the_others, name="longbien-work", daemon=True).start()


def _nobody_listens(fault: BaseException) -> None:
    raise fault
