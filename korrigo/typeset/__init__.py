"""Text and lines on PDF pages that Korrigo writes itself: summaries, marks, receipts.

One font that is always there (Helvetica) and one that is embedded for what it lacks; a canvas that makes content
streams. The libraries that write files are loaded when one is written, so that a web server starts without them.
"""
