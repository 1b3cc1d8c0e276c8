"""What eddy checks share."""
