"""The rivals: programs that people use today to send each other signed and sealed messages.

Each module here runs one of them as two nodes on the loopback of this machine and says how many messages a
second went across and were answered for. The rivals are not part of Longbien: `bench.rivals.install` puts
them into virtual environments of their own under `bench/peers/`, they are driven only through their
published commands, settings and interfaces, and a run leaves neither a process nor a file behind. Where a
rival has a choice it gets the fastest setting found here that still makes every message durable.
"""

from bench.rivals.figure import Figure, MeasurementFailed, NotInstalled

__all__ = ["Figure", "MeasurementFailed", "NotInstalled"]
