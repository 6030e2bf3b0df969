"""The weekly edition: choosing, editing, and sending it exactly once."""
