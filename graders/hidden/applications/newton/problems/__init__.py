"""The problems of `newton`: functions and where to start on them, and systems of equations."""
