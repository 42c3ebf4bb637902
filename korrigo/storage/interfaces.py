"""What a blob store can do."""

from zope.interface import Interface


class IBlobStore(Interface):
    """Keeps files under the SHA-256 of their bytes.  Whole or not at all: a reader never sees half a file."""

    def put(path):
        """Take the file at ``path`` (it may be moved) and return ``(id, size)``."""

    def put_bytes(data):
        """Keep ``data`` and return ``(id, size)``."""

    def path(blob_id):
        """A context manager that gives a local ``Path`` to read; ``KeyError`` when there is no such file."""

    def delete(blob_id):
        """Forget a file; nothing happens when there is none."""

    def ids():
        """Iterate over ``(id, modified)``: modified is an aware datetime."""
