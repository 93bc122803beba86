"""Any file that offices send -> ``Sheet``: one opener per kind of file, chosen in ``open_sheets``."""
