"""`python -m shortread` does what the command `shortread` does."""

from shortread.cli.main import main

if __name__ == "__main__":
    main()
