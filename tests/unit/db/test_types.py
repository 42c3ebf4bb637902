"""Points are exact, times are UTC, sentences stay whole, on every database."""

import datetime as dt
import zoneinfo
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError

from korrigo.api import Points, Sentence, SentenceText, UtcDateTime

VALUES = sa.Table("value", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True),
                  sa.Column("points", Points), sa.Column("at", UtcDateTime), sa.Column("said", SentenceText))

points = st.decimals(-100_000, 100_000, places=3)
same_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)


@pytest.fixture
def connection(engine):
    with engine.connect() as connection:
        VALUES.metadata.create_all(connection)
        yield connection
        connection.rollback()


def keep(connection, **values):
    """What comes back of a row."""
    connection.execute(sa.delete(VALUES))
    connection.execute(sa.insert(VALUES).values(id=1, **values))
    return connection.execute(sa.select(VALUES)).one()


@same_database
@given(value=points)
def test_points_come_back_exactly(connection, value):
    found = keep(connection, points=value).points
    assert isinstance(found, Decimal) and found == value


@same_database
@given(values=st.lists(points, min_size=1, max_size=8))
def test_the_database_adds_points_without_rounding(connection, values):
    connection.execute(sa.delete(VALUES))
    connection.execute(sa.insert(VALUES), [{"id": n, "points": value} for n, value in enumerate(values)])
    total = connection.scalar(sa.select(sa.func.sum(VALUES.c.points, type_=Points)))
    assert total == sum(values)


def test_three_tenths_are_three_tenths(connection):
    connection.execute(sa.insert(VALUES), [{"id": n, "points": Decimal("0.1")} for n in range(3)])
    assert connection.scalar(sa.select(sa.func.sum(VALUES.c.points, type_=Points))) == Decimal("0.3")


def test_points_can_be_compared_and_ordered_in_the_database(connection):
    connection.execute(sa.insert(VALUES), [{"id": 1, "points": Decimal("2.5")}, {"id": 2, "points": Decimal("10")}])
    assert list(connection.scalars(sa.select(VALUES.c.id).where(VALUES.c.points > Decimal("2.499"))
                                   .order_by(VALUES.c.points.desc()))) == [2, 1]


@pytest.mark.parametrize("value", [Decimal("0.0001"), Decimal("1.2345"), Decimal("NaN"), Decimal("Infinity"), 0.1])
def test_points_finer_than_a_thousandth_are_refused(connection, value):
    with pytest.raises(StatementError, match="thousandth"):
        keep(connection, points=value)


def test_no_points_are_not_zero_points(connection):
    assert keep(connection, points=None).points is None
    assert keep(connection, points=0).points == 0


@same_database
@given(moment=st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2100, 1, 1), timezones=st.sampled_from(
    [dt.UTC, zoneinfo.ZoneInfo("Europe/Paris"), zoneinfo.ZoneInfo("Pacific/Noumea")])))
def test_a_moment_of_any_zone_comes_back_as_the_same_moment_in_utc(connection, moment):
    found = keep(connection, at=moment).at
    assert found == moment.astimezone(dt.UTC)
    assert found.utcoffset() == dt.timedelta(0)


def test_a_naive_time_is_refused(connection):
    with pytest.raises(StatementError, match="naive"):
        keep(connection, at=dt.datetime(2026, 6, 1, 8))


def test_no_time_is_none(connection):
    assert keep(connection, at=None).at is None


def test_moments_are_ordered_as_moments(connection):
    paris = dt.datetime(2026, 6, 1, 10, tzinfo=zoneinfo.ZoneInfo("Europe/Paris"))
    connection.execute(sa.insert(VALUES), [{"id": 1, "at": paris},
                                           {"id": 2, "at": dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)}])
    assert list(connection.scalars(sa.select(VALUES.c.id).order_by(VALUES.c.at))) == [1, 2]


def test_a_sentence_comes_back_with_what_it_is_made_of(connection):
    sentence = Sentence("Copy ${serial}: ${why}", serial=3, why=Sentence("page ${n} is torn", n=2))
    found = keep(connection, said=sentence).said
    assert (found, found.msgid, found.values["why"].values) == ("Copy 3: page 2 is torn", sentence.msgid, {"n": 2})


@pytest.mark.parametrize("text", ["", "plain", '{"msgid": 1}', None])
def test_any_other_text_comes_back_as_it_is(connection, text):
    assert keep(connection, said=text).said == text
