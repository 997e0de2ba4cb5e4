import Glibc

exit(CommandLineTool.run(Terminal.arguments(), console: Console.standard()))
