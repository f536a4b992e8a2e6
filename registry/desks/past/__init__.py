"""The counter for lists published before this register began: read from their files, mapped, kept, taken back, looked up."""
