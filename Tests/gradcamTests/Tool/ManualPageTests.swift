import Testing

@testable import gradcam

@Suite struct ManualPageTests {
  private static let hasMan = (try? Tool.shell("command -v man && command -v groff", in: Workplace()))?.status == 0

  @Test(.enabled(if: hasMan)) func `man and groff have nothing to say against it`() throws {
    let folder = Workplace()
    let printed = try Tool.shell("gradcam man > gradcam.1 && LC_ALL=C.UTF-8 man --warnings -l gradcam.1", in: folder)
    #expect(printed.status == 0 && printed.errors == [])
    let formatted = try Tool.shell("groff -man -ww -Tutf8 gradcam.1", in: folder)
    #expect(formatted.status == 0 && formatted.errors == [])
  }

  @Test(.enabled(if: hasMan)) func `What is read is what help says`() throws {
    // A line wide enough breaks no sentence; -P turns bold and underlining off.
    let shown = try Tool.shell("gradcam man | groff -man -Tutf8 -rLL=5000n -P-c -P-b -P-o -P-u", in: Workplace())
    let lines = shown.lines.map { $0.split(separator: " ").joined(separator: " ") }
    func isShown(_ text: String) -> Bool {
      lines.contains(text.replacing("\u{A0}", with: " ").split(separator: " ").joined(separator: " "))
    }
    #expect(isShown("gradcam - \(Command.explain.summary)"))
    for command in CommandTable.shown {
      #expect(isShown("gradcam \(command) \(command.operands)"), "\(command)")
      #expect(command.notes.allSatisfy(isShown), "\(command)")
      #expect(command.examples.allSatisfy(isShown), "\(command)")
      for flag in Flag.table(of: command) {
        let value = flag.value.placeholder.map { " \($0)" } ?? ""
        let term = flag.spellings.joined(separator: ", ") + value
        // A short term stands on the line of its meaning.
        #expect(isShown(term) && isShown(flag.help) || isShown("\(term) \(flag.help)"), "\(command) \(flag.long)")
      }
    }
  }

  @Test func `Characters that mean something to the formatter are spelled out`() {
    #expect(ManualPage.escaped(#".a\b-c'd"e…\#u{A0}"#) == #"\&.a\eb\-c\(aqd\(dqe\[u2026]\~"#)
    #expect(ManualPage.text.contains { $0.hasPrefix(#"\fB\-w\fR, \fB\-\-weights\fR \fIFILE\fR"#) })
  }

  @Test func `Nothing in a text commands the formatter`() {
    for line in ManualPage.text {
      #expect(line.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 }, "\(line)")
      #expect(!line.hasPrefix("'"), "\(line)")
      let isMacro = [".\\\"", ".TH ", ".SH ", ".SS ", ".TP", ".PP", ".nf", ".fi"].contains { line.hasPrefix($0) }
      #expect(!line.hasPrefix(".") || isMacro, "\(line)")
    }
  }
}
