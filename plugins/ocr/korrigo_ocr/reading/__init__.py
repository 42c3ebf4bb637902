"""From the picture of a cover to what its header says: registration, fields, clean ink, readers."""
