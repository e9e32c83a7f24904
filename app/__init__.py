"""Opstap: a self-paced e-learning course that runs from plain files."""
