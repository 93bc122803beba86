"""perfeval-xl."""
