"""Pages: one frame for every report, in one file that needs nothing else."""
