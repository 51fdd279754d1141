"""From an item to parts and readings; hostile input assumed."""
