import Glibc
import GradCAMCore

let status = CommandLineTool.run(Terminal.arguments(), console: Console.standard())
// Where OpenBLAS's threads ask for memory for ever, its ending would wait for them.
if !MemoryHeadroom.canMap(OpenBLAS.workingBytes) { _exit(status) }
exit(status)
