"""Persons, organizations, memberships, seats, packages and teams; and the Actor that every change is made by."""
