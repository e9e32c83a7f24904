"""What other programs say and hear: bytes in, nouns or rows out, and back. No database, no Flask."""
