"""What people see: the reviewers' console and the public pages, rendered here, light enough for a phone."""
