"""The one compiled multi-pattern pass over readings. Only this room knows the matcher."""
