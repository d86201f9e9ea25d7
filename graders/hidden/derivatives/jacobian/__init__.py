"""The topic `jacobian`: what is checked, and by which problems, mistakes and hints."""
