"""`python -m tuki`."""

from tuki.cli import main

if __name__ == "__main__":
    main(prog_name="tuki")
