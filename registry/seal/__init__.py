"""What proves: documents in a form that can be kept and held against the books. Pure functions of bytes."""
