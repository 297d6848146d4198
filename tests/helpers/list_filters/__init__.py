"""What the filters of list methods look at, for the generic test of filters."""
