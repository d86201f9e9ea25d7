"""The topic `spectrum`: what is checked, and by which problems, mistakes and hints."""

AFTER = "newton"
