"""Pictures of paper: the index of an uploaded PDF, the picture of a side at a size, and their cache.

The uploaded PDF is the only truth and stays as it is.  ``index`` says what its pages are, ``picture`` draws one side,
``pictures`` adds named sizes and the cache: that is what views call.  No uploaded file is ever opened by the calling
process: ``sandbox`` runs whatever reads one in a child with limits.  Linux only (process descriptors, resource limits).
"""
