"""Layout + Form -> cells: the inverse of reading, for our templates, office workbooks and Word documents."""
