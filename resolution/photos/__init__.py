"""Photos of proofs: decoded, checked, compared with every earlier photo of the region, copied for citizens."""
