"""The steps of a study, one file each; found by discovery."""
