"""What visitors reach: nginx, its certificate, maintenance and pauses."""
