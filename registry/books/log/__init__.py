"""The transparency log: every public act on a certificate, in a Merkle tree that anybody can hold the register to."""
