"""How fast the endpoint is, beside the engine's own server."""
