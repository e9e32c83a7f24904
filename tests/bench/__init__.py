"""How fast the program is, beside a bare Flask page on the same server: `make bench`."""
