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

    def upsert(self, match_key: str, **values) -> tuple[Student, str]:
        """The pupil with this key, made or brought up to date: ``(student, "created" | "changed" | "same")``.

        An empty value never overwrites a known one: a poorer roster loses nothing.
        """
        unknown = set(values) - set(FIELDS)
        if unknown:
            raise TypeError(f"not fields of a pupil: {', '.join(sorted(unknown))}")
        student = self.db.scalar(sa.select(Student).where(Student.match_key == match_key).limit(1))
        if student is None:
            student = Student(match_key=match_key, **values)
            self.db.add(student)
            self.db.flush()
            return student, "created"
        changed = {name: value for name, value in values.items()
                   if value not in ("", None) and getattr(student, name) != value}
        for name, value in changed.items():
            setattr(student, name, value)
        return student, "changed" if changed else "same"
