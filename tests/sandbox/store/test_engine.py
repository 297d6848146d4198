from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert, inspect, select
from sqlalchemy.exc import IntegrityError

from komet_console.errors import UserError
from komet_console.sandbox.store import settings
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.engine import open_engine
from komet_console.sandbox.store.numbers import Counter, set_next, take_box_codes, take_number


def test_opening_makes_every_table(engine: Engine) -> None:
    assert set(inspect(engine).get_table_names()) == set(t.metadata.tables)


def test_a_kept_database_opens_again_with_its_rows(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    first = open_engine(url)
    with first.begin() as connection:
        connection.execute(insert(t.companies).values(id=7, code="A", name="A"))
    first.dispose()
    second = open_engine(url)
    with second.begin() as connection:
        assert connection.execute(select(t.companies.c.id)).scalar_one() == 7
    second.dispose()


def test_another_schema_version_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = open_engine(url)
    with engine.begin() as connection:
        settings.put(connection, "schema_version", "0")
    engine.dispose()
    with pytest.raises(UserError, match="schema 0") as caught:
        open_engine(url)
    assert "--fresh" in caught.value.hint


@pytest.mark.parametrize(
    "url", ["sqlite://", "nonsense", "nonsense://host/name", "mysql://host/name", "sqlite:////nowhere/at/all/x.db"]
)
def test_an_address_that_cannot_be_used_is_explained(url: str) -> None:
    with pytest.raises(UserError) as caught:
        open_engine(url)
    assert caught.value.hint
    assert "pip install" not in caught.value.hint


@pytest.mark.parametrize("offset", [0, 4096])
def test_a_damaged_file_is_named_with_a_way_out(tmp_path: Path, offset: int) -> None:
    path = tmp_path / "kept.db"
    open_engine(f"sqlite:///{path}").dispose()
    whole = path.read_bytes()
    path.write_bytes(whole[:offset] + b"damaged " * ((len(whole) - offset) // 8))
    with pytest.raises(UserError) as caught:
        open_engine(f"sqlite:///{path}")
    assert str(path) in caught.value.message
    assert "damaged" in caught.value.message
    assert "--fresh" in caught.value.hint


def test_an_id_is_never_given_out_twice(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert(t.companies).values(id=1, code="A", name="A"))
        values = {"company_id": 1, "name": "Buyer"}
        first = connection.execute(insert(t.contact_types).values(values)).inserted_primary_key
        assert first is not None
        connection.execute(delete(t.contact_types))
        second = connection.execute(insert(t.contact_types).values(values)).inserted_primary_key
        assert second is not None
        assert second[0] > first[0]


def test_a_row_can_not_point_nowhere(engine: Engine) -> None:
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(insert(t.contact_types).values(company_id=99, name="Buyer"))


def test_numbers_are_taken_once_even_by_many_at_a_time(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert(t.companies).values(id=1, code="A", name="A"))
        set_next(connection, 1, Counter.INVOICE, 500)
    taken: list[int] = []

    def take() -> None:
        for _ in range(10):
            with engine.begin() as connection:
                taken.append(take_number(connection, 1, Counter.INVOICE))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(500, 540))


def test_box_codes_follow_each_other(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert(t.companies).values(id=1, code="A", name="A"))
        set_next(connection, 1, Counter.BOX, 6400001)
        set_next(connection, 1, Counter.BOX, 6400005)
        assert take_box_codes(connection, 1, 2) == ["KS6400005", "KS6400006"]
        with pytest.raises(UserError):
            take_number(connection, 2, Counter.BOX)


def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'busy.db'}")
    reading = engine.execution_options(reading=True)
    with engine.begin() as writer:
        writer.execute(insert(t.companies).values(id=1, code="A", name="A"))
        with reading.begin() as reader:
            assert reader.execute(select(t.companies.c.id)).all() == []
    engine.dispose()
