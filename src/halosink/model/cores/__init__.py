"""Published models of soil carbon that run on the same forcing as ours."""
