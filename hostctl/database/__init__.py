"""The app's database: its engines, its administrator and logins, and waiting for it."""
