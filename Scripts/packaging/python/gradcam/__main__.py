"""`python -m gradcam` is the command."""

from gradcam import main

main()
