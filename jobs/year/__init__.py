"""A year in the life of a province, played over the desks from a seed: to see that the whole holds under a year's work."""
