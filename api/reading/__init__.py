"""The SQL that pages and the JSON API read by. Every query names the region; nothing here writes."""
