"""Zip and XML of office files, opened within limits, and made editable: parts, relations, sheets, comments."""
