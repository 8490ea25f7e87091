"""Completion in real shells: the script is valid, and bash offers the words that there are."""

import shutil
import subprocess

import pytest

from .land import say


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_valid_there(shell, tmp_path):
    script = tmp_path / f"completion.{shell}"
    said = say("completion", shell)
    assert said.code == 0
    assert "longbien" in said.out
    script.write_text(said.out)
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} on this machine")
    assert subprocess.run([shell, "-n", script], check=False).returncode == 0


def offered(*words: str) -> set[str]:
    """What bash offers behind these words."""
    line = " ".join(f"'{word}'" for word in words)
    asked = f'COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _longbien; printf "%s\\n" "${{COMPREPLY[@]}}"'
    script = say("completion", "bash").out
    done = subprocess.run(["bash", "-c", f"{script}\n{asked}"], capture_output=True, text=True, check=True)
    return {word.strip() for word in done.stdout.split()}


def test_bash_offers_commands_and_options():
    assert {"node", "peer", "pouch", "request"} <= offered("longbien", "")
    assert offered("longbien", "pouch", "s") == {"settle", "show"}
    assert "--folder" in offered("longbien", "request", "list", "--")
