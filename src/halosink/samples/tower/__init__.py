"""A synthetic flux tower over a saline marsh: one year of half-hours as a logger and a flux program leave them."""
