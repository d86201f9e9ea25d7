"""The made-up topic `tools`: a task for each thing that a declaration can say."""
