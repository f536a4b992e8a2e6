"""What IS: the tables, the ledger, the letters, the vault of documents. No rule of order and no figure of law."""
