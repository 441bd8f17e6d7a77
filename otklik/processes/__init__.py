"""The processes of one installation: who starts them, watches them and stops them, and what each does."""
