"""What the course costs to run, side by side with what else one could do."""
