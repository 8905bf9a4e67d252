"""A company's own pages: its people, for its managers, and the invitations that it sent."""
