"""`make bench`: speed as ratios to a limit measured or modelled in the same run."""
