"""Carbon stocks of the soil: per area, by depth or by mass, their change, and what is buried."""
