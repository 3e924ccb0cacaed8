"""Run the command line with ``python -m trialgraph``."""

from trialgraph.cli import main

if __name__ == "__main__":
    main()
