"""Where trial records come from: files of the registry's JSON, saved pages, the registry's API."""
