"""A file with people, as somebody has it: bytes in, rows of people out, or what is wrong with the file."""
