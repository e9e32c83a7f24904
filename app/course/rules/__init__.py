"""Rules that need only facts: facts in, verdict out."""
