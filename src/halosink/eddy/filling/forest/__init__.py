"""Filling of long gaps by a forest of trees, and how well it does on gaps made for the purpose."""

from halosink.eddy.filling.forest.held_out import held_out_score
from halosink.eddy.filling.forest.model import Forest, fill

__all__ = ["Forest", "fill", "held_out_score"]
