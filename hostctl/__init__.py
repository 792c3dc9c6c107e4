"""The command that runs on a host of the stack: see README.md."""
