HINTS: dict[str, tuple[str, ...]] = {}
