"""Campaigns: many runs that answer one question, planned, worked off, and summed up."""
