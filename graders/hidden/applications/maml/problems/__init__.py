"""Problems for `maml`: an inner loss to adapt with, and an outer loss to be judged by."""
