"""The migrations build exactly the tables that the code uses, once, whoever starts first."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from xiaoer import migrations
from xiaoer.infra import migrate
from xiaoer.migrations.tables import load_tables

_BEHIND = "The tables and the migrations differ. Run `make migration NAME=what_changed` and commit the file."


def _engine(url: str) -> Engine:
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)


def _shape(engine: Engine) -> dict[str, Any]:
    """Everything the database knows about its tables, in an order that does not depend on who made them."""
    found = inspect(engine)
    return {
        name: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in found.get_columns(name)
            },
            "primary key": found.get_pk_constraint(name)["constrained_columns"],
            "unique": sorted((item["name"], item["column_names"]) for item in found.get_unique_constraints(name)),
            "foreign": sorted(str(item) for item in found.get_foreign_keys(name)),
            "indexes": {
                item["name"]: (
                    item["column_names"],
                    item["unique"],
                    {key: str(value) for key, value in item["dialect_options"].items()},
                )
                for item in found.get_indexes(name)
            },
        }
        for name in sorted(found.get_table_names())
        if name != "alembic_version"
    }


def test_migrations_build_the_tables_of_the_code(new_url: Callable[[], str]) -> None:
    migrated, created = new_url(), new_url()
    migrate.upgrade(migrated)
    with _engine(created).begin() as connection:
        load_tables().create_all(connection)
    assert _shape(_engine(migrated)) == _shape(_engine(created)), _BEHIND
    assert set(_shape(_engine(migrated))) == set(load_tables().tables)


def test_nothing_is_left_for_a_new_migration_to_do(new_url: Callable[[], str]) -> None:
    url = new_url()
    migrate.upgrade(url)
    with _engine(url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, load_tables()) == [], _BEHIND


def test_a_new_database_has_no_revision_and_an_upgraded_one_the_newest(new_url: Callable[[], str]) -> None:
    url = new_url()
    assert migrate.current(url) is None
    assert migrate.upgrade(url) == migrate.newest()
    assert migrate.current(url) == migrate.newest()


def test_the_newest_revision_is_the_one_that_the_last_file_names() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(str(migrations.__file__)).parent))
    config.set_main_option("path_separator", "os")
    assert migrate.newest() == ScriptDirectory.from_config(config).get_current_head()


def test_a_second_upgrade_keeps_the_rows(new_url: Callable[[], str]) -> None:
    url = new_url()
    migrate.upgrade(url)
    with _engine(url).begin() as connection:
        connection.execute(text("INSERT INTO shops VALUES ('s1', '小店', '', '{}', '{}', 0)"))
    migrate.upgrade(url)
    with _engine(url).connect() as connection:
        assert connection.scalar(text("SELECT name FROM shops")) == "小店"


def test_a_home_of_the_first_version_keeps_its_rows(new_url: Callable[[], str]) -> None:
    url = new_url()
    migrate.upgrade(url, "0001")
    with _engine(url).begin() as connection:
        connection.execute(text("INSERT INTO shops VALUES ('s1', '小店', '', '{}', '{}', 0)"))
    assert migrate.upgrade(url) == migrate.newest() != "0001"
    with _engine(url).connect() as connection:
        assert connection.scalar(text("SELECT name FROM shops")) == "小店"
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, load_tables()) == [], _BEHIND


def test_workers_that_start_together_migrate_once(new_url: Callable[[], str]) -> None:
    url = new_url()
    command = [sys.executable, "-c", f"from xiaoer.infra.migrate import upgrade; print(upgrade({url!r}))"]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    outcomes = [worker.communicate(timeout=120) for worker in workers]
    assert [(out.strip(), error) for out, error in outcomes] == [(migrate.newest(), "")] * 3


def test_a_migration_that_fails_leaves_nothing_behind(new_url: Callable[[], str]) -> None:
    url = new_url()
    with _engine(url).begin() as connection:
        connection.execute(text("CREATE TABLE turns (shop TEXT)"))  # stands in the way of the last table
    with pytest.raises(Exception, match="turns"):
        migrate.upgrade(url)
    assert inspect(_engine(url)).get_table_names() == ["turns"]
    assert migrate.current(url) is None


def test_a_folder_that_does_not_exist_yet_is_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'home' / 'xiaoer.db'}"
    migrate.upgrade(url)
    assert migrate.current(url) == migrate.newest()


def test_a_server_that_cannot_be_reached_is_an_error() -> None:
    with pytest.raises(OperationalError):
        migrate.upgrade("postgresql://nobody@127.0.0.1:1/none")
