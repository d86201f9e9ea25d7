"""The kit that students get: lessons, and graders that hold no answer."""
