"""What the intent room catches and costs."""
