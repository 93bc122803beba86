"""Text to Office files that carry macros: VBA project, ribbon and package, without an Office."""
