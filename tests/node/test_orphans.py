"""A sealed object that no commit names does not stay, wherever its node was killed."""

import pytest

from longbien.carry import CarryFault
from longbien.carry.place import Place
from longbien.node.audit import audit
from longbien.node.evidence.bundles import Brought, Signed

from .evidence import files
from .pair import OFFICE, pair


class Killed(BaseException):
    """The process is gone: nothing of the node can catch it."""


def bundle_of(side, *paths) -> bytes:
    bundle = side.node.evidence.bundles.begin(office=OFFICE, to=["RU"])
    for path in paths:
        side.node.evidence.bundles.add(bundle, Brought(path=path))
    return bundle


@pytest.fixture
def two(tmp_path):
    made = pair(folder=tmp_path / "objects")
    assert made.vn.node.evidence.objects is not None
    return made


def lying(side) -> list:
    return sorted(side.node.evidence.objects.incoming.folder.iterdir())


@pytest.mark.promise("P14")
@pytest.mark.parametrize("sealed", [0, 1, 2])
def test_a_node_killed_while_it_seals_leaves_no_object_that_nobody_names(two, tmp_path, monkeypatch, sealed):
    side = two.vn
    bundle = bundle_of(side, *files(tmp_path, one=b"1", two=b"2"))
    bundles = type(side.node.evidence.bundles)
    seal_item, done = bundles._seal_item, 0

    def killed_after(self, *arguments):
        nonlocal done
        if done == sealed:
            raise Killed
        done += 1
        return seal_item(self, *arguments)

    def killed(*_arguments):
        raise Killed

    with monkeypatch.context() as kill:
        kill.setattr(bundles, "_seal_item", killed_after)
        kill.setattr(bundles, "keep", killed)
        with pytest.raises(Killed):
            side.node.evidence.bundles.seal(bundle)
    assert len(lying(side)) == sealed
    side.restart()
    assert lying(side) == []
    with side.store.transaction() as tx:
        assert tx.sealings.all() == ()
    signed = side.node.evidence.bundles.seal(bundle)
    assert isinstance(signed, Signed) and len(lying(side)) == 2
    side.restart()
    assert len(lying(side)) == 2
    assert audit(side.node).findings == ()


def test_a_file_that_changed_takes_the_objects_of_its_group_along(two, tmp_path):
    side = two.vn
    paths = files(tmp_path, one=b"1", two=b"2")
    bundle = bundle_of(side, *paths)
    paths[1].write_bytes(b"3")
    with pytest.raises(Exception, match="DIGEST_MISMATCH"):
        side.node.evidence.bundles.seal(bundle)
    assert lying(side) == []
    paths[1].write_bytes(b"2")
    assert isinstance(side.node.evidence.bundles.seal(bundle), Signed)


def test_a_place_that_does_not_answer_at_the_start_is_asked_at_the_next(two, tmp_path, monkeypatch):
    side = two.vn
    bundle = bundle_of(side, *files(tmp_path, one=b"1"))
    with monkeypatch.context() as kill:
        kill.setattr(type(side.node.evidence.bundles), "keep", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            side.node.evidence.bundles.seal(bundle)

    def gone(*_arguments):
        raise CarryFault("STORE_GONE", "objects")

    with monkeypatch.context() as away:
        away.setattr(Place, "delete", gone)
        side.restart()
    assert len(lying(side)) == 1
    side.restart()
    assert lying(side) == []
