"""The pages as people meet them: a real server, in a real browser, on a desktop and on a phone."""
