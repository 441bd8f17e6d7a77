"""The database's schema: made by migrations, declared in models/schema.sql."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from models.migrate import FOLDER, MigrationError, check_migrated, migrate, migrations
from otklik.postgres import EmbeddedServer

SCHEMA = FOLDER.parent / "schema.sql"

# Everything that a schema is made of, in words that do not depend on the order in which it was made.
CATALOG = """
SELECT 'column', format('%s.%s', c.relname, a.attname),
       format('%s %s %s', format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'p', 'm')
    AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'relation', relname, format('%s %s %s', relkind, relpersistence, reloptions)
FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'function', proname, pg_get_functiondef(p.oid) FROM pg_proc p
WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
UNION ALL
SELECT 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'policy', tablename || '.' || policyname, format('%s %s %s %s', cmd, roles, qual, with_check)
FROM pg_policies WHERE schemaname = 'public'
UNION ALL
SELECT 'extension', extname, '' FROM pg_extension
"""


def catalog(url: str) -> set[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return {row for row in connection.execute(CATALOG) if not str(row[1]).startswith("schema_migrations")}


@pytest.fixture
def empty_url(server: EmbeddedServer) -> Any:
    name = f"test_{uuid4().hex}"
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER otklik").format(sql.Identifier(name)))
        yield server.url(name)
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """A folder of migrations with one more than ours."""
    folder = tmp_path / "migrations"
    shutil.copytree(FOLDER, folder)
    number = len(migrations()) + 1
    (folder / f"{number:04}_later.sql").write_text("CREATE TABLE later (id integer); CREATE INDEX ON later (id);")
    return folder


def test_migrating_from_nothing_gives_the_declared_schema(database_url: str, empty_url: str) -> None:
    with psycopg.connect(empty_url) as connection:
        connection.execute(SCHEMA.read_text(encoding="utf-8"))
    declared = catalog(empty_url)
    assert len(declared) > 100
    assert catalog(database_url) == declared


def test_every_row_belongs_to_a_region(connection: psycopg.Connection[Any]) -> None:
    tables = connection.execute(
        """SELECT t.table_name FROM information_schema.tables t WHERE t.table_schema = 'public' AND NOT EXISTS (
               SELECT FROM information_schema.columns c
               WHERE c.table_name = t.table_name AND c.column_name = 'region_id' AND c.is_nullable = 'NO')"""
    )
    platform = {"regions", "schema_migrations", "stream_partitions", "stream_offsets", "stream_attempts", "brakes"}
    assert {name for (name,) in tables} <= platform


def test_migrating_again_changes_nothing(database_url: str) -> None:
    assert migrate(database_url) == []


def test_a_new_migration_is_applied_once(database_url: str, later: Path) -> None:
    assert [migration.name for migration in migrate(database_url, later)] == ["later"]
    assert migrate(database_url, later) == []


def test_a_database_of_a_newer_version_is_refused_and_left_alone(database_url: str, later: Path) -> None:
    migrate(database_url, later)
    before = catalog(database_url)
    with pytest.raises(MigrationError, match="newer otklik"):
        migrate(database_url)
    assert catalog(database_url) == before


def test_a_migration_that_was_changed_after_it_was_applied_is_refused(database_url: str, later: Path) -> None:
    migrate(database_url, later)
    path = next(later.glob("*_later.sql"))
    path.write_text("CREATE TABLE another (id integer);")
    with pytest.raises(MigrationError, match="not the one that was applied"):
        migrate(database_url, later)


def test_a_migration_that_fails_leaves_nothing_behind(database_url: str, later: Path) -> None:
    before = catalog(database_url)
    next(later.glob("*_later.sql")).write_text("CREATE TABLE half (id integer); SELECT 1 / 0;")
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(database_url, later)
    assert catalog(database_url) == before


def test_a_database_that_lacks_migrations_is_told(empty_url: str) -> None:
    with psycopg.connect(empty_url) as connection, pytest.raises(MigrationError, match="otklik migrate"):
        check_migrated(connection)


def test_migrations_are_one_line_of_heads(tmp_path: Path) -> None:
    (tmp_path / "0001_first.sql").touch()
    (tmp_path / "0003_third.sql").touch()
    with pytest.raises(MigrationError, match="numbered"):
        migrations(tmp_path)
