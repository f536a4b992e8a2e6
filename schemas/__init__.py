"""Wire shapes: what a request may hold and what an answer holds. Shape only; order and substance are judged inside."""
