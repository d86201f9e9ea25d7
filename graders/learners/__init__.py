"""The learner's loop: where you are, what is wrong, a hint, the solution, and again."""
