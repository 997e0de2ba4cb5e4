import Glibc
import ModelFormats
import Testing

@testable import gradcam

@Suite struct ConsoleTests {
  @Test func `Results and the rest go their ways`() throws {
    let (output, errors) = (MemorySink(), MemorySink())
    let console = Console(output: output, errors: errors)
    try console.print("result")
    try console.print(["two", "lines"])
    try console.write([0x21])
    console.note("note")
    console.report(InputError("a.jpg", "is empty", remedy: "an image"))
    console.warn(InputError("b.jpg", "the map is zero"))
    console.detail("shapes")
    #expect(output.text == "result\ntwo\nlines\n!")
    #expect(errors.text == "note\ngradcam: a.jpg: is empty (an image)\ngradcam: warning: b.jpg: the map is zero\n")
  }

  @Test func `Verbosity`() {
    let errors = MemorySink(isTerminal: true)
    let console = Console(output: MemorySink(), errors: errors)
    console.verbosity = .quiet
    console.warn(InputError("b.jpg", "the map is zero"))
    console.detail("shapes")
    console.progress(done: 1, of: 2)
    #expect(errors.text == "")
    console.report(InputError("b.jpg", "is empty"))
    console.verbosity = .verbose
    console.detail("shapes")
    #expect(errors.text == "gradcam: b.jpg: is empty\nshapes\n")
  }

  @Test func `An error is one line whatever the file is called`() {
    let errors = MemorySink()
    Console(output: MemorySink(), errors: errors).report(InputError("a\nb\u{1B}[2J\t", "is empty"))
    #expect(errors.text == "gradcam: a\\nb\\u{1b}[2J\\t: is empty\n")
  }

  // MARK: - Progress

  @Test func `Progress is drawn on a terminal and out of the way of lines`() throws {
    let (output, errors) = (MemorySink(), MemorySink(isTerminal: true, columns: 40))
    let console = Console(output: output, errors: errors)
    console.progress(done: 1, of: 2)
    let drawn = "\r[###########............] 1 of 2 images\u{1B}[K"
    #expect(errors.text == drawn)
    try console.print("line")
    #expect(errors.text == drawn + "\r\u{1B}[K")
    try console.print("line")
    console.endProgress()
    #expect(errors.text == drawn + "\r\u{1B}[K")
  }

  @Test func `Progress is not drawn elsewhere`() {
    let errors = MemorySink()
    let console = Console(output: MemorySink(isTerminal: true), errors: errors)
    console.progress(done: 1, of: 2)
    console.endProgress()
    #expect(errors.text == "")
  }

  @Test func `The meter fits its terminal`() {
    #expect(Console.meter(done: 0, of: 10, failed: 0, columns: 20) == "0 of 10 images")
    #expect(Console.meter(done: 3, of: 10, failed: 1, columns: 10) == "3 of 10 i")
    #expect(Console.meter(done: 0, of: 0, failed: 0, columns: 80) == "0 of 0 images")
    #expect(
      Console.meter(done: 12, of: 10, failed: 2, columns: 80)
        == "[##############################] 12 of 10 images, 2 failed")
  }

  // MARK: - Failures

  @Test func `A reader that has gone ends the run quietly`() {
    let errors = MemorySink()
    let console = Console(output: MemorySink(failure: EPIPE), errors: errors)
    #expect(throws: ConsoleError.closed) { try console.print("line") }
    #expect(CommandLineTool.run([Array("--version".utf8)], console: console) == 0)
    #expect(errors.text == "")
  }

  @Test func `A closed pipe is noticed`() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    close(ends[0])
    defer { close(ends[1]) }
    Terminal.ignoreBrokenPipes()
    let console = Console(output: DescriptorSink(descriptor: ends[1], pipes: PipeWait()), errors: MemorySink())
    #expect(throws: ConsoleError.closed) { try console.print("line") }
  }

  @Test func `A full device is an error`() throws {
    let full = open("/dev/full", O_WRONLY)
    try #require(full >= 0)
    defer { close(full) }
    let errors = MemorySink()
    let console = Console(output: DescriptorSink(descriptor: full, pipes: PipeWait()), errors: errors)
    #expect(CommandLineTool.run([Array("--help".utf8)], console: console) == 1)
    #expect(errors.text == "gradcam: standard output: cannot be written: no space left on the device\n")
  }
}

@Suite struct PaletteTests {
  @Test func `Errors and warnings have colour on a terminal`() {
    let errors = MemorySink(isTerminal: true)
    let console = Console(output: MemorySink(), errors: errors, allowsColor: true)
    console.report(InputError("a\u{1B}[2J.jpg", "is empty"))
    console.warn(InputError("b.jpg", "the map is zero"))
    #expect(
      errors.text == "\u{1B}[1;31mgradcam:\u{1B}[0m a\\u{1b}[2J.jpg: is empty\n"
        + "gradcam: \u{1B}[1;33mwarning:\u{1B}[0m b.jpg: the map is zero\n")
  }

  @Test func `Each stream has colour by itself`() {
    let (terminal, file) = (MemorySink(isTerminal: true), MemorySink())
    let console = Console(output: terminal, errors: file, allowsColor: true)
    #expect(console.outputPalette.caution("[x]") == "\u{1B}[1;33m[x]\u{1B}[0m")
    #expect(console.errorPalette.caution("[x]") == "[x]")
    console.report(InputError("a.jpg", "is empty"))
    #expect(file.text == "gradcam: a.jpg: is empty\n")
    #expect(!Console(output: file, errors: terminal, allowsColor: true).outputPalette.isColored)
    #expect(!Console(output: terminal, errors: terminal).outputPalette.isColored)
  }

  @Test(
    arguments: [
      (nil, "xterm", true), ("", "xterm", true), ("1", "xterm", false), ("0", "xterm", false), (nil, "dumb", false),
      (nil, nil, false), (nil, "", false),
    ] as [(String?, String?, Bool)])
  func `NO_COLOR and TERM are heard`(_ noColor: String?, _ terminal: String?, _ isWelcome: Bool) {
    let variables = ["NO_COLOR": noColor, "TERM": terminal].compactMapValues { $0 }
    #expect(Palette.isWelcome { variables[$0] } == isWelcome)
  }
}
