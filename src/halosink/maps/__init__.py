"""Maps of carbon sinks: flow, stocks, importance, pattern of sinks, resistance and where restoration should start."""
