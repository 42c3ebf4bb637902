"""Pupils."""

import sqlalchemy as sa

from ..models import Student

FIELDS = ("last_name", "first_name", "split_doubtful", "birth_date", "number", "class_name", "email")


class Students:
    def __init__(self, db):
        self.db = db

    @classmethod
    def of(cls, request) -> "Students":
        return cls(request.db)

    def create(self, match_key: str, **values) -> Student:
        """A new pupil; its id is there after a flush."""
        _refuse_unknown(values)
        student = Student(match_key=match_key, **values)
        self.db.add(student)
        return student

    def change(self, student: Student, **values) -> dict[str, tuple]:
        """Bring a pupil up to date: ``{field: (old, new)}`` of what was changed.

        An empty value never overwrites a known one: a poorer roster loses nothing.
        """
        _refuse_unknown(values)
        changed = {name: (getattr(student, name), value) for name, value in values.items()
                   if value not in ("", None) and getattr(student, name) != value}
        for name, (_old, value) in changed.items():
            setattr(student, name, value)
        return changed

    def upsert(self, match_key: str, **values) -> tuple[Student, str]:
        """The pupil with this key, made or brought up to date: ``(student, "created" | "changed" | "same")``."""
        student = self.db.scalar(sa.select(Student).where(Student.match_key == match_key).limit(1))
        if student is None:
            student = self.create(match_key, **values)
            self.db.flush()
            return student, "created"
        return student, "changed" if self.change(student, **values) else "same"


def _refuse_unknown(values) -> None:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise TypeError(f"not fields of a pupil: {', '.join(sorted(unknown))}")
