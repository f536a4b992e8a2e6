"""The registry: law, books, desks and one registrar. It knows no HTTP, no wire format and no scheduler."""
