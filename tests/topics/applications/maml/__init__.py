"""What is proved of `maml`."""
