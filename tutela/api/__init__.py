"""The service over HTTP: one application for the API, the console and the public pages."""
