"""Importers: what files schools may send, one module a kind; ``directive`` is for others' kinds."""
