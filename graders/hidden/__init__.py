"""What is checked: hidden tests, the problems they ask, and the known mistakes."""
