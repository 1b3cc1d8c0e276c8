"""Least accumulated cost from source patches: distance, allocation, paths, corridors; in memory or tile by tile."""
