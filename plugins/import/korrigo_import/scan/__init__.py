"""Understanding scans: from the pictures of sides to copies.

``analyse`` looks at one side, ``settle`` at the whole pile, ``recipes`` guesses how the pile was made, and
``assemble`` gives every side its fate. No database, no web, no reading of text.
"""
