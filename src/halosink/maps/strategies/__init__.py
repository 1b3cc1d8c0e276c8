"""The typical land-use patterns of sinks, the strategies they ask for, and the measures by land-use type."""
