"""What PyInstaller freezes."""

from perfeval_xl.cli.frozen import main

if __name__ == "__main__":
    main()
