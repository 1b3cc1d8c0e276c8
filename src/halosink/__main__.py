"""python -m halosink"""

from halosink.cli import main

main()
