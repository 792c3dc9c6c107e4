"""Programs that run by themselves, outside of the package."""
