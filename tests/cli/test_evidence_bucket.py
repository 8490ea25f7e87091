"""A node whose evidence lies in a bucket: it seals there, receives there, serves, verifies, opens and deletes from there, and a store that is
away is said by a code and waited for.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import obstore
import pytest

from buckets import BUCKET, Moto, s3
from longbien.cli.asked import CommandRefused

from .land import credentials
from .running import Running, copies
from .test_evidence_line import handed_over


@dataclass
class Keeping(Running):
    """A node whose evidence lies in a bucket at `url`."""

    url: str = ""

    def start(self) -> None:
        os.environ["AWS_ENDPOINT_URL"] = self.url
        super().start()


def keep_in(node: Running, address: str) -> None:
    config = node.land.folder / "longbien.toml"
    config.write_text(config.read_text("utf-8") + f'[evidence]\nstore = "{address}"\n', "utf-8")


def kept(bucket: Any, node: str) -> list[str]:
    return sorted(each["path"] for page in obstore.list(bucket, node) for each in page)


@pytest.mark.promise("P10")
def test_evidence_goes_from_bucket_to_bucket_and_a_store_that_is_away_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials(tmp_path, monkeypatch)
    path = tmp_path / "disk"
    path.write_bytes(os.urandom((1 << 20) + 17))
    with Moto(tmp_path / "here.log") as here, Moto(tmp_path / "there.log") as there:
        there.start()
        for name, value in {"ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "secret"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
        monkeypatch.setenv("AWS_ENDPOINT_URL", there.url)
        lands = copies(tmp_path)
        # VN's own store is another one, and is away.
        vn, ru = Keeping(lands[0], url=here.url), Keeping(lands[1], url=there.url)
        keep_in(ru, f"s3://{BUCKET}/ru")
        keep_in(vn, f"s3://{BUCKET}/vn")
        manifest = handed_over(ru, vn, path)
        try:
            theirs, ours = s3(there.url, "key", "secret"), s3(here.url, "key", "secret")
            assert len(kept(theirs, "ru")) == 2, "a segment and the last key"
            with pytest.raises(CommandRefused) as refused:
                vn.ask("evidence-fetch", manifest=manifest)
            assert refused.value.code == "STORE_GONE"
            (item,) = vn.ask("evidence-show", manifest=manifest)["items"]
            assert item["is"] == "to be fetched"
            here.start()
            assert vn.ask("evidence-fetch", manifest=manifest)["arrived"] == 1
            assert len(kept(ours, "vn")) == 2
            assert list((vn.land.folder / "evidence").iterdir()) == []
            assert vn.ask("evidence-verify", manifest=manifest)["verified"] == 1
            vn.ask("evidence-open", manifest=manifest, item=1, out=str(tmp_path / "out"))
            assert (tmp_path / "out").read_bytes() == path.read_bytes()
            assert vn.ask("verify")["findings"] == []
            assert vn.ask("evidence-custody", of=manifest)["unbroken"]
            assert vn.ask("evidence-delete", manifest=manifest, why="Returned")["deleted"] == 1
            assert kept(ours, "vn") == []
            assert [vn.stop(), ru.stop()] == [0, 0]
        finally:
            vn.kill()
            ru.kill()
    assert vn.err.read_text() == ru.err.read_text() == ""
