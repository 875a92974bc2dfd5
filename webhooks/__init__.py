"""The HTTP door: people's pages, the API, providers' callbacks. Parses, makes one call, answers."""
