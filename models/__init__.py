"""The records that every room speaks, their states, the tables and migrations. Imports no other room."""
