"""One more way to solve each task, shown beside the reference once a learner has passed."""
