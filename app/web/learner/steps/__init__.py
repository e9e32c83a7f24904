"""One file a kind of step: its form, and what a learner does with it."""
