"""Run the checks of a topic on a submission, and form a verdict."""
