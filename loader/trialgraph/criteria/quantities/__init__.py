"""Numbers, limits, units, scales and times, and the quantities that they are of."""
