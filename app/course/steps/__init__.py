"""One file a kind of step: its content, its faults, when it is complete. The list of kinds is in content.py."""
