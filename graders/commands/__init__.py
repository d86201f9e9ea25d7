"""The commands of `dojo`, a module for each group of users."""
