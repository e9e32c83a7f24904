"""One file a kind of question: its content, its points, its faults. The list of kinds is in quiz.py."""
