"""Watching: checks, alerts, the watchdog, logs, jobs and status."""
