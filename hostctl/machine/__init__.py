"""The machine as it is: system calls and commands, files, units, packages, locks, logs, and what is asked of AWS."""
