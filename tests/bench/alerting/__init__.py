"""Parts of alertmanager.py."""
