"""Where a verdict goes: terminal, gradebook, web page, file."""
