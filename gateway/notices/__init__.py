"""What partner libraries are written by e-mail: pure texts. Sending is an effect and its performer (`dispatch/performers/mail.py`)."""
