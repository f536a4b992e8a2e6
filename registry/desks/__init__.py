"""What is DONE: one module per counter a visitor can stand at. No HTTP, no wire format."""
