"""Runs every benchmark: each module of this folder has a ``main`` that prints its lines."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import benchmarks


def main() -> None:
    """All benchmarks in order of their names."""
    for module in sorted(iter_modules(benchmarks.__path__), key=lambda found: found.name):
        if not module.name.startswith("_"):
            print(f"== {module.name}", flush=True)
            import_module(f"benchmarks.{module.name}").main()


if __name__ == "__main__":
    main()
