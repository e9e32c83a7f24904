"""What is taught, and every rule that needs only facts. Plain Python: no Flask, no database."""
