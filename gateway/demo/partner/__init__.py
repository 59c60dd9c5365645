"""A partner library with fictional data, over ISO 18626, in both roles. Imports the protocol library alone."""
