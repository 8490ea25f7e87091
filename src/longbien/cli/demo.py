"""`longbien demo`: two States on this machine, two processes, one case, and everything verified at the end.

What it knows: how to start nodes as an operator would, and the course of a case. What it must never do: pretend. The nodes are
the real program with real keys; only the offices are illustrative, and the passkeys lie in files.
"""

import asyncio
import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from longbien.cli import closing, demo_evidence, show, tour
from longbien.cli.asked import CommandRefused, Result
from longbien.cli.control import Control
from longbien.cli.failing import FileFault
from longbien.exercise.case import Case, CaseFault, read_case
from longbien.exercise.course import Step, course
from longbien.exercise.office import practice_office
from longbien.exercise.passkey import SoftPasskey
from longbien.node.config import read_config
from longbien.node.opening import Plan, machine_now, make_folder

NAMES = {"VN": "Viet Nam", "RU": "Russian Federation"}
OFFICE = "p247"
# Generous, because a busy machine is no fault of a node.
START_SECONDS = 90.0
ARRIVAL_SECONDS = 60.0
COSIGN_SECONDS = 10.0
# The matter whose file for a court the demonstration ends with.
EXPORTED = "data"


@dataclass(slots=True, kw_only=True)
class _Party:
    """One State of the demonstration: its folder, its process, its officers' keys."""

    code: str
    folder: Path
    process: subprocess.Popen[str]
    control: Control
    officers: list[SoftPasskey]
    uses: int = 0

    async def do(self, command: str, **arguments: Any) -> Result:  # noqa: ANN401 - JSON values
        return await self.control.do(command, arguments)

    def sign(self, challenge: str, persons: int) -> list[str]:
        self.uses += 1
        return [
            key.sign(bytes.fromhex(challenge), self.uses).encode().hex() for key in self.officers[:persons]
        ]


def play(*, case: Path | None, keep: bool, export: Path | None, as_json: bool) -> int:
    """Plays the case; 0 when every step was taken and everything verifies, 1 otherwise.

    With a person at the terminal both consoles stay open until Enter is pressed; with `keep`, until somebody ends them.
    """
    look = not as_json and not keep and sys.stdin.isatty() and sys.stdout.isatty()
    try:
        chosen = read_case(_sample() if case is None else case.read_text("utf-8"))
    except CaseFault as fault:
        raise FileFault(fault.code, fault.detail) from fault
    folder = Path(tempfile.mkdtemp(prefix="longbien-demo-"))
    files = _files(chosen, case, folder)
    demo = _Demo(chosen, folder, files, keep=keep, look=look, export=export, quiet=as_json)
    report = asyncio.run(demo.run())
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)
    if as_json:
        show.result("demo", report, as_json=True)
    return 0 if report["ok"] else 1


def _sample() -> str:
    return (resources.files("longbien.exercise") / "data" / "sample-case.toml").read_text("utf-8")


def _files(chosen: Case, case: Path | None, folder: Path) -> dict[str, Path]:
    """Every file that the case names, found before anything starts."""
    place = folder / "files"
    place.mkdir()
    names = (*chosen.shared, *chosen.handed_over)
    return dict(zip(names, demo_evidence.files_of(case, names, place), strict=True))


class _Demo:
    def __init__(
        self,
        case: Case,
        folder: Path,
        files: dict[str, Path],
        *,
        keep: bool,
        look: bool,
        export: Path | None,
        quiet: bool,
    ) -> None:
        self._case = case
        self._files = files
        self._evidence = demo_evidence.Evidence(self.say)
        self._sealed: dict[tuple[str, str], str] = {}
        self._folder = folder
        self._keep = keep
        self._look = look
        self._export = export
        self._quiet = quiet
        self._parties: dict[str, _Party] = {}
        self._exchanges: dict[str, str] = {}
        self._locked = True
        self._began = machine_now()
        self._passphrase = secrets.token_hex(16)
        # As systemd hands a secret to a service: a file that only this account reads.
        self._credentials = folder / "credentials"
        self._credentials.mkdir(mode=0o700)
        (self._credentials / "longbien.passphrase").write_text(self._passphrase, "utf-8")
        (self._credentials / "longbien.passphrase").chmod(0o600)

    def say(self, line: str) -> None:
        if not self._quiet:
            print(line, flush=True)  # noqa: T201 - this is what the demonstration is for

    async def run(self) -> dict[str, Any]:
        """The report of the whole play."""
        self.say(f"DEMONSTRATION: {self._case.title}. Offices are illustrative, persons are invented.")
        steps: list[dict[str, Any]] = []
        try:
            roots = await self._start()
            for step in course(self._case, machine_now()):
                steps.append(await self._take(step))  # noqa: PERF401 - what was done stays known when a step fails
            report = await self._close(steps, roots)
            if report["ok"] and (self._keep or self._look):
                await self._shown()
            if self._look:
                await asyncio.to_thread(input, "\nPress Enter to end the demonstration. ")
            return report
        except CommandRefused as refused:
            self.say(f"FAILED {refused.code}: {refused.detail}")
            return {"ok": False, "steps": len(steps), "code": refused.code, "detail": refused.detail}
        finally:
            await self._stop()

    async def _start(self) -> dict[str, str]:
        roots: dict[str, str] = {}
        for code in (self._case.requesting, self._case.requested):
            roots[code] = self._found(code)
        for code in roots:
            self._parties[code] = await self._launch(code)
        papers = {code: await party.do("papers") for code, party in self._parties.items()}
        for code, party in self._parties.items():
            for key, name in zip(party.officers, tour.PLAYERS, strict=True):
                await self._enrol(party, key, name)
            await self._others(party)
            for other in papers.keys() - {code}:
                plain = papers[other]["fingerprint"].replace(" ", "").replace("-", "")
                asked = await party.do("pin-challenge", party=other, fingerprint=plain)
                assertions = party.sign(asked["challenge"], 2)
                await party.do("pin", chain=papers[other]["chain"], fingerprint=plain, assertions=assertions)
                self.say(
                    f"{show.instant(machine_now())}  {code}  pins {other} by its fingerprint, two officers"
                )
        return roots

    async def _others(self, party: _Party) -> None:
        """Sample officers with other roles, who take no part in the case."""
        config = read_config(party.folder)
        for name, roles in tour.OTHERS.items():
            key = tour.new_key(config.relying_party, config.origin)
            await self._enrol(party, key, name, roles=roles)

    async def _enrol(self, party: _Party, key: SoftPasskey, name: str, **more: Sequence[str]) -> None:
        enrolled = await party.do(
            "enrol",
            name=f"{name} (invented)",
            office=OFFICE,
            credential=key.credential.hex(),
            public_key=key.public_key.hex(),
            software=True,
            **more,
        )
        tour.keep_key(party.folder, enrolled["person"], key)

    def _found(self, code: str) -> str:
        host, port, console = "127.0.0.1", _free_port(), _free_port()
        office = practice_office(OFFICE)
        plan = Plan(
            party=code,
            name=f"{NAMES.get(code, code)} (demonstration)",
            mode="demo",
            listen=f"{host}:{port}",
            endpoint=f"https://{host}:{port}/",
            host_name=host,
            offices=[office],
            storage="",
            witness_seconds=1,
            console=f"{host}:{console}",
            origin=f"http://localhost:{console}",
            sample_keys=tour.SAMPLE_KEYS,
        )
        own = make_folder(self._folder / code, plan, self._passphrase)
        return own.pinned.hex()

    async def _launch(self, code: str) -> _Party:
        folder = self._folder / code
        environment = {**os.environ, "CREDENTIALS_DIRECTORY": str(self._credentials)}
        process = subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, "-m", "longbien", "node", "serve", "--folder", str(folder)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(START_SECONDS):
                ready = await asyncio.to_thread(process.stdout.readline)
        except TimeoutError as slow:
            process.kill()
            raise CommandRefused("DEMO_TOO_SLOW", f"{code} did not start in {START_SECONDS:.0f} s") from slow
        if not ready.startswith("ready"):
            raise CommandRefused("NODE_DID_NOT_START", code)
        config = read_config(folder)
        control = Control(config)
        await control.__aenter__()
        keys = [tour.new_key(config.relying_party, config.origin) for _ in range(2)]
        return _Party(code=code, folder=folder, process=process, control=control, officers=keys)

    async def _take(self, step: Step) -> dict[str, Any]:
        """One step: draft, approvals, sending, and the proof that it is in the other State's ledger."""
        party = self._parties[step.party]
        other = next(item for item in self._parties.values() if item is not party)
        body = dict(step.body)
        if step.refers and step.procedure:
            body["preservation_ref"] = {"$hex": self._exchanges[step.refers]}
        elif step.refers:
            body["exchange"] = {"$hex": self._exchanges[step.refers]}
        await self._bring(step, party, other, body)
        if step.procedure:
            draft = await party.do(
                "draft", procedure=step.procedure, to=[other.code], office=OFFICE, body=body
            )
            self._exchanges[step.matter] = draft["exchange"]
        else:
            exchange = self._exchanges[step.matter]
            draft = await party.do("draft", exchange=exchange, act=step.act, office=OFFICE, body=body)
        for assertion in party.sign(draft["challenge"], step.persons):
            await party.do("approve", draft=draft["draft"], assertion=assertion)
        sent = await party.do("send", draft=draft["draft"])
        proof = await self._arrival(party, sent["act"])
        self.say(
            f"{show.instant(machine_now())}  {step.party}  {OFFICE}  {step.says:<30} "
            f"{step.matter} #{proof['place']}  receipt: leaf {proof['leaf']} of {proof['by']}"
        )
        if step.evidence and not step.frees:
            self._locked = await self._evidence.locked(other, self._sealed[step.matter, step.party])
        if (step.matter, step.frees) in self._sealed:
            holder = self._parties[step.frees]
            getter = next(item for item in self._parties.values() if item is not holder)
            manifest = self._sealed[step.matter, step.frees]
            await self._evidence.fetch(holder, getter, manifest, office=OFFICE)
        return {"party": step.party, "act": step.act, **proof}

    async def _bring(self, step: Step, party: _Party, other: _Party, body: dict[str, Any]) -> None:
        """Files that go with an act are sealed first, and the act names their manifest."""
        if not step.evidence:
            return
        paths = [self._files[name] for name in step.evidence]
        exchange = "" if step.procedure else self._exchanges[step.matter]
        sealed = await self._evidence.make_ready(party, other, paths, office=OFFICE, exchange=exchange)
        self._sealed[step.matter, step.party] = sealed["manifest"]
        if step.procedure:
            body["attachments"] = sealed["attachments"]
        else:
            named = [{"$hex": digest} for digest in sealed["digests"]]
            body["answers"] = [{**item, "evidence": named} for item in body["answers"]]

    async def _arrival(self, party: _Party, act: str) -> Result:
        try:
            async with asyncio.timeout(ARRIVAL_SECONDS):
                while True:
                    where = await party.do("delivery", act=act)
                    if where["receipts"]:
                        receipt: Result = where["receipts"][0]
                        return receipt
                    await asyncio.sleep(0.02)
        except TimeoutError as slow:
            raise CommandRefused("DEMO_TOO_SLOW", f"no receipt in {ARRIVAL_SECONDS:.0f} s") from slow

    async def _close(self, steps: list[dict[str, Any]], roots: dict[str, str]) -> dict[str, Any]:
        handed_over = await self._evidence.close()
        await self._cosigned()
        audits = {code: await party.do("verify") for code, party in self._parties.items()}
        for code, found in audits.items():
            self.say(
                f"{code}: ledger of {found['leaves']} leaves, {found['checkpoints']} signed heads, "
                f"{found['statements']} statements: {'verified' if found['ok'] else found['findings']}"
            )
        file, for_court = await self._exported(self._exchanges[EXPORTED])
        checked = await asyncio.to_thread(closing.verified, file, roots.values())
        what = "file for a court" if for_court else "record"
        self.say(
            f"{what} of {file.stat().st_size} bytes, by longbien-verify alone: "
            f"{'verified' if checked['ok'] else [*checked['findings'], *checked['gaps']]}"
        )
        ledgers = all(found["ok"] for found in audits.values())
        seconds = round((machine_now() - self._began) / 1000, 1)
        report = {
            "ok": ledgers and checked["ok"] and handed_over["unbroken"] and self._locked,
            "steps": len(steps),
            "ledgers_verified": sum(1 for found in audits.values() if found["ok"]),
            "record_verified": checked["ok"],
            "court_file": for_court,
            "acts": len(steps),
            "evidence": {**handed_over, "keys_waited_for_conditions": self._locked},
            "seconds": seconds,
            "roots": roots,
        }
        self.say(
            f"OK {len(steps)} acts, 2 ledgers and 1 {what} verified in {seconds} s"
            if report["ok"]
            else "NOT OK: something above does not verify"
        )
        return report

    async def _exported(self, exchange: str) -> tuple[Path, bool]:
        """The file for a court; where no papers can be set, the bare record and why."""
        exporter = self._parties[self._case.requesting]
        languages = closing.languages_of(self._parties)
        try:
            made = await exporter.do("court", exchange=exchange, languages=languages)
            raw, for_court = bytes.fromhex(made["file"]), True
        except CommandRefused as refused:
            if refused.code not in closing.WITHOUT_PAPERS:
                raise
            self.say(f"no papers here ({refused.code}: {refused.detail}); the bare record instead")
            made = await exporter.do("export", exchange=exchange)
            raw, for_court = bytes.fromhex(made["record"]), False
        file = self._export or self._folder / ("exchange.asice" if for_court else "record.lb")
        file.write_bytes(raw)
        return file, for_court

    async def _cosigned(self) -> None:
        """A moment for the nodes to cosign each other's last heads, so that the record shows two clocks."""
        sizes = {code: (await party.do("status"))["ledger_size"] for code, party in self._parties.items()}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(COSIGN_SECONDS):
                for code, party in self._parties.items():
                    while (await party.do("status"))["cosigned_size"] < sizes[code]:
                        await asyncio.sleep(0.05)

    async def _shown(self) -> None:
        """A request that waits to be acknowledged, and the way through both consoles."""
        opening = next(iter(course(self._case, machine_now())))
        step = replace(opening, matter="waiting", says="asks in an emergency", body=tour.waiting(opening))
        await self._take(step)
        addresses = {
            code: await tour.links(party.do, read_config(party.folder).origin)
            for code, party in self._parties.items()
        }
        for line in tour.told(self._case.requesting, self._case.requested, addresses):
            self.say(line)

    async def _stop(self) -> None:
        for party in self._parties.values():
            await party.control.__aexit__()
        if self._keep:
            self.say(
                f"The nodes stay up. To look at them:\n  export CREDENTIALS_DIRECTORY={self._credentials}"
            )
            for party in self._parties.values():
                self.say(f"  longbien request list --folder {party.folder}")
            self.say(
                "To stop them:  kill " + " ".join(str(party.process.pid) for party in self._parties.values())
            )
            return
        for party in self._parties.values():
            party.process.terminate()
        for party in self._parties.values():
            await asyncio.to_thread(party.process.wait, 15)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
