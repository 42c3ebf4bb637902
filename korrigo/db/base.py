"""The declarative base of all tables, and the column types that the whole platform shares."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

from ..sentences import pack, unpack

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: Points are stored as integers of one thousandth: sums are exact on every database.
POINT = 1000


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def new_id() -> str:
    """A random identifier, 32 hexadecimal characters: ids in URLs never count anything."""
    return uuid.uuid4().hex


class UtcDateTime(TypeDecorator):
    """An aware datetime; a naive one is refused, for nobody knows what it means."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime cannot be stored: {value!r}")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Points(TypeDecorator):
    """Decimal points, exact to a thousandth."""

    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        scaled = Decimal(value) * POINT
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise ValueError(f"points are exact to a thousandth, {value} is not")
        return int(scaled)

    def process_result_value(self, value, dialect):
        return None if value is None else Decimal(value) / POINT


class SentenceText(TypeDecorator):
    """A sentence for people that can still be said in their language; any other text as it is."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else pack(value)

    def process_result_value(self, value, dialect):
        return None if value is None else unpack(value)


class Base(DeclarativeBase):
    """The base of every table; a plugin's tables carry ``info={"plugin": name}`` and begin with its name."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {
        dt.datetime: UtcDateTime,
        Decimal: Points,
        dict[str, Any]: sa.JSON,
        list[Any]: sa.JSON,
    }


def id_column(**options):
    """A random primary key."""
    return mapped_column(sa.String(32), primary_key=True, default=new_id, **options)


def reference(target: str, *, ondelete: str = "CASCADE", **options):
    """A foreign key to another table's ``id``: what happens on deletion is always said."""
    options.setdefault("index", not options.get("primary_key"))
    return mapped_column(sa.ForeignKey(f"{target}.id", ondelete=ondelete), **options)
