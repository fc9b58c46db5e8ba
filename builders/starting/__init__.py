"""From a folder to its first matrix: what `slimbench init` finds there, and what it writes."""
