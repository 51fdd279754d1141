"""One folder for each thing looked for; the loader reads them all and refuses what is not whole."""
