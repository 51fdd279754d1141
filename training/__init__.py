"""What builds the shipped models and tables. Needs `requirements/training.in`; the product never imports it."""
