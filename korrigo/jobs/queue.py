"""Huey from the ini: the doorbell.  One task for the whole platform, which carries a job's id and no more."""

NAME = "korrigo"


def make_huey(settings):
    """The queue of ``korrigo.queue``, or None when this process never rings.

    Messages are signed: Huey pickles, and whoever can write to Redis would otherwise run code in a worker.
    SQLite gets a file of its own, so that the queue's writes never wait for the application's.
    """
    backend = settings["korrigo.queue"]
    if backend == "none":
        return None
    # Huey brings every driver that is installed: commands that never ring need not wait for them.
    from huey import MemoryHuey, PriorityRedisHuey, SqliteHuey
    from huey.serializer import SignedSerializer

    common = {"results": False, "utc": True, "serializer": SignedSerializer(secret=settings["korrigo.secret"])}
    if backend == "immediate":
        return MemoryHuey(NAME, immediate=True, **common)
    if backend == "redis":
        return PriorityRedisHuey(NAME, url=settings["korrigo.queue.url"], **common)
    folder = settings["korrigo.data"]
    folder.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(NAME, filename=str(folder / "queue.db"), **common)
