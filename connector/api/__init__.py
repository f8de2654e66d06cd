"""The vendor: the list of calls, its objects, and the client that sends. Start with calls/ and client.py."""
