"""``python -m perfeval_xl``: the command without its installed script."""

from perfeval_xl.cli import main

main()
