"""The page and the HTTP API: what the command line does, for people who install nothing and for other systems.

Nothing is kept: a file lives in one request, and it is read by the limited workers of ``batch`` alone.

``app`` puts the parts together, ``guard`` stands before them and ``turns`` says whose turn it is, ``api`` and ``page``
answer, ``streamed`` line by line, ``work`` is what the workers do, ``problems`` says what went wrong.
"""
