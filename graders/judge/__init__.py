"""How a submission is judged: read it, run it apart, measure it, form a verdict."""
