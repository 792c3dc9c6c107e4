"""What this machine must be: the manifest, the app's environment, and what comes beside them."""
