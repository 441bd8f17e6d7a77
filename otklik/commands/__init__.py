"""The commands of `otklik`, one module each."""
