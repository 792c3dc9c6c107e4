"""A deployment as one transaction: compare, change, verify, and put back."""
