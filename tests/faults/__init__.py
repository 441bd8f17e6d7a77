"""The fault suite: while appeals are accepted, everything that can die dies; afterwards nothing is lost or doubled."""
