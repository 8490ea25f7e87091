"""`python -m bench.rivals.install`: the rivals, each in its own virtual environment under `bench/peers/`.

Nothing of them enters the environment of the project. The versions are those that the modules beside this
one were tried with; an environment that already holds them is left alone. GnuPG comes from the distribution
and is only looked for.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from importlib.metadata import distributions

from bench.rivals.processes import PEERS

REQUIREMENTS = {
    "pyas2": ("django-pyas2==1.2.3", "django==5.2.19", "gunicorn==27.0.1"),
    "synapse": ("matrix-synapse==1.163.2",),
}
PATIENCE_S = 900.0


def install(name: str) -> bool:
    """Brings the environment of one rival to what `REQUIREMENTS` says; True when it is there afterwards."""
    home = PEERS / name
    if _holds(name):
        print(f"{name}: {', '.join(REQUIREMENTS[name])} already in {home}")
        return True
    print(f"{name}: installing {', '.join(REQUIREMENTS[name])} into {home}", flush=True)
    venv.EnvBuilder(with_pip=True, clear=True).create(home)
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    try:
        done = subprocess.run([*pip, *REQUIREMENTS[name]], timeout=PATIENCE_S, check=False)
    except subprocess.TimeoutExpired:
        print(f"{name}: pip did not end in {PATIENCE_S:.0f} s", file=sys.stderr)
        return False
    if done.returncode:
        print(
            f"{name}: pip ended with {done.returncode}; the benchmark will go on without {name}",
            file=sys.stderr,
        )
    return done.returncode == 0


def _holds(name: str) -> bool:
    places = [str(place) for place in (PEERS / name).glob("lib/python3*/site-packages")]
    if not places or not (PEERS / name / "bin" / "python").exists():
        return False
    found = {each.name.lower(): each.version for each in distributions(path=places)}
    return all(
        found.get(package) == version
        for package, _, version in (r.partition("==") for r in REQUIREMENTS[name])
    )


def main() -> int:
    """Installs all; 0 when every rival is there, 1 when one is missing."""
    PEERS.mkdir(parents=True, exist_ok=True)
    good = [install(name) for name in REQUIREMENTS]
    gpg = shutil.which("gpg")
    print(f"gnupg: {gpg}" if gpg else "gnupg: not found; `apt install gnupg` brings it")
    return 0 if all(good) and gpg else 1


if __name__ == "__main__":
    sys.exit(main())
