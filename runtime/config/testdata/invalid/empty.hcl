# ERROR: Missing block
# A file without any of the three blocks that a gateway cannot do without.
