"""docs/start.md works: every command on the page, in its order, in one shell."""

import os
import re
import subprocess
import sys
from pathlib import Path

from cli.running import free_port

ROOT = Path(__file__).resolve().parents[2]


def test_every_command_of_the_page_works_in_its_order(tmp_path):
    page = (ROOT / "docs/start.md").read_text("utf-8")
    blocks = re.findall(r"^```bash\n(.*?)^```", page, flags=re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 10
    script = "".join(blocks).replace("7001", str(free_port())).replace("7002", str(free_port()))
    stop = 'trap \'kill "${VN:-}" "${RU:-}" 2> /dev/null || true\' EXIT\n'
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", stop + script],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "Traceback" not in done.stdout + done.stderr
    assert "\nHOLDS" in done.stdout or done.stdout.startswith("HOLDS")
