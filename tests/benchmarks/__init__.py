"""What `make bench` measures, and the synthetic office it measures on. No test stands here and nothing here is timed by one."""
