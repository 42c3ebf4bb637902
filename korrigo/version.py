"""The version of the distribution and of the contract with plugins."""

VERSION = "1.0.0.dev0"

#: What a plugin's manifest is checked against.  Additions raise the minor number; removals the major one.
PLUGIN_API = "1.0"
