"""Where files are kept, by what they contain.  A plugin may put another store in this one's place."""

from .interfaces import IBlobStore
from .local import LocalBlobStore


def includeme(config):
    settings = config.registry.settings
    store = LocalBlobStore(settings["korrigo.data"] / "blobs")
    config.registry.registerUtility(store, IBlobStore)
