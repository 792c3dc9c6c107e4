"""Backups: made, listed, restored, and rehearsed."""
