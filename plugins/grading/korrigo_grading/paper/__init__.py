"""Graded PDFs: the scan as it is, the marks over it as vectors, and a summary page.

``write`` makes them, ``check`` reads them again with another library before they are kept, ``model`` is what goes in.
No database, no web.
"""
