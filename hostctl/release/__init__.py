"""A release of the app: its archive, runtime, steps and static files, its slots, and the ones before it."""
