"""Conversation -> schedules: one file per fault, and the table of them."""
