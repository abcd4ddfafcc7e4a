"""Tests of the bus that need a store."""
