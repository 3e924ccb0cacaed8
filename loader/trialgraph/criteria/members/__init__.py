"""The members of a list: where it is parted, what they share, what belongs to a neighbour."""
