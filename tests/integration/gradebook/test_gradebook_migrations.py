"""Steps from one shape of the database to the next."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from mlsafety_grader.errors import GradebookError
from mlsafety_grader.gradebook import Address, Gradebook, open_gradebook
from mlsafety_grader.gradebook.tables import Base
from tests.integration.gradebook.conftest import fill


def test_steps_lead_to_the_declared_tables(book: Gradebook) -> None:
    """What the steps made and what the code declares are the same."""
    with book.reading() as session:
        context = MigrationContext.configure(session.connection(), opts={"target_metadata": Base.metadata})
        assert compare_metadata(context, Base.metadata) == []
        assert set(inspect(session.connection()).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_second_init_does_nothing(book: Gradebook) -> None:
    """It says so."""
    assert book.initialise() is False


def test_older_version_is_refused_then_renewed_without_loss(address: Address) -> None:
    """Reading it names the remedy; the remedy keeps what is there and adds what the step brings."""
    with open_gradebook(address) as book:
        assert book.initialise(to="0001")
        with pytest.raises(GradebookError, match=r"older version \(0001; this program needs 0002\)"), book.reading():
            pass
        _insert_by_hand(book)
        assert book.initialise()
        with book.reading() as session:
            assert session.scalar(text("SELECT title FROM courses")) == "Old"
        fill(book)
        with pytest.raises(GradebookError, match="audit trail"), book.writing() as session:
            session.execute(text("DELETE FROM audit"))


def test_newer_version_is_refused(book: Gradebook) -> None:
    """Neither read nor written nor renewed: the newer program knows better."""
    with book.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    for attempt in (lambda: book.reading().__enter__(), lambda: book.writing().__enter__(), book.initialise):
        with pytest.raises(GradebookError, match="newer or unknown version \\(0999"):
            attempt()


def test_half_a_migration_does_not_stay(address: Address) -> None:
    """A step that fails leaves the database as it was."""
    with open_gradebook(address) as book:
        book.initialise(to="0001")
        with book._connect(writes=True) as connection:
            connection.execute(text("DROP TABLE audit"))
        with pytest.raises(GradebookError):
            book.initialise()
        with pytest.raises(GradebookError, match="older version"), book.reading():
            pass


def _insert_by_hand(book: Gradebook) -> None:
    with book._connect(writes=True) as connection:
        connection.execute(
            text("INSERT INTO courses (title, late_days, created_at) VALUES ('Old', 1, '2026-01-01 00:00:00.000000')")
        )
