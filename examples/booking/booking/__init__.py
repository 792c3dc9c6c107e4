"""Event booking: events, their sessions, and seats that are never sold twice."""
