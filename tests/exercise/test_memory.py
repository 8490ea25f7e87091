"""A store whose rows were exchanged is the store that its image is, whatever it held before."""

from longbien.exercise.cast import CODES, company
from longbien.exercise.memory import MemoryStore
from longbien.exercise.under_way import under_way


def contents(store: MemoryStore) -> list[str]:
    return list(store._in_memory().iterdump())


def test_a_refilled_store_holds_the_rows_of_its_image_and_no_others():
    fresh = company("stub", CODES[:2])[0].image
    begun = under_way("stub", CODES[:2]).members[1].image
    with MemoryStore() as refilled, MemoryStore() as restored:
        for image in (fresh, begun, fresh, begun):
            refilled.refill(image)
            restored.restore(image)
            assert contents(refilled) == contents(restored)


def test_the_schema_that_is_copied_is_the_one_that_is_made(monkeypatch):
    monkeypatch.setattr("longbien.exercise.memory._migrated", [])
    with MemoryStore() as made, MemoryStore() as copied:
        assert contents(copied) == contents(made)
