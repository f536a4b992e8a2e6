"""What TIME does: scheduled work, each piece also a command. Speaks to the registry's desks, never to the web or the books."""
