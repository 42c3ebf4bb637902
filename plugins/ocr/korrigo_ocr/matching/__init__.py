"""From evidence to pupils: closed-list matching, the unknown pupil, assignment of a whole batch, sheets of a copy."""
