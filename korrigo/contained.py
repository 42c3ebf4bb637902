"""What a plugin raises stops at its own part: logged with its name, while the page, the job and the start go on."""

import contextlib
import logging
from collections.abc import Iterator

from .directives import owner_of

log = logging.getLogger(__name__)


class Outcome:
    """How the part went: ``error`` is what it raised, or None."""

    error: Exception | None = None


@contextlib.contextmanager
def contained(registry, category: str, name, *, request=None,
              but: tuple[type[Exception], ...] = ()) -> Iterator[Outcome]:
    """``with contained(registry, CATEGORY, name) as outcome: ...``: what is raised inside is kept in the outcome.

    With a ``request``, what the part did to its database before it raised is undone, and its transaction can go on;
    only a race that was lost goes through, for the whole request is tried again.  Exceptions in ``but`` go through
    too: they are the part's way of saying something.
    """
    outcome = Outcome()
    try:
        with request.db.begin_nested() if request is not None else contextlib.nullcontext():
            yield outcome
    except but:
        raise
    except Exception as error:
        if request is not None and request.tm.get().isRetryableError(error):
            raise
        outcome.error = error
        log.exception("the %s %s of %s raised", category.removeprefix("korrigo ").removesuffix("s"), name,
                      owner_of(registry, category, name))
