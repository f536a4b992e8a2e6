"""The counter for bills of materials: a list of parts is read, its columns confirmed, every line answered. Reads the register only."""
