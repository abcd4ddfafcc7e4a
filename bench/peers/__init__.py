"""Other buses on the same work: one worker takes from a quorum queue, inserts a row, commits, then acknowledges.

Each peer has a module that runs in an environment of its own (`PEERS` in __main__.py), with what it needs and no more.
"""
