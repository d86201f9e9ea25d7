"""Problems of the topic `influence`: systems to solve, and losses with their examples."""
