"""How many birds did we miss? Calibration, double observer, distance, occupancy, N-mixture."""
