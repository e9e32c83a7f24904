"""The command line: `flask course ...`, `flask people ...`, and so on."""
