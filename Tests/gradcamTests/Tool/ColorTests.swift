import Testing

/// The tool at a terminal, which util-linux's script makes.
@Suite struct ColorTests {
  private static let hasTerminal = (try? Tool.shell("script --version", in: Workplace()))?.status == 0

  /// What a terminal is sent by a run over a missing file and an image whose map is zero.
  private func screen(_ environment: String) throws -> String {
    let folder = Workplace("photo.jpg")
    try folder.putModel("zero.safetensors", head: { -abs($0) })
    let line = "gradcam explain missing.jpg photo.jpg -w zero.safetensors"
    return try Tool.shell("env \(environment) script -qec '\(line)' /dev/null", in: folder).text
  }

  @Test(.enabled(if: hasTerminal)) func `Colours at a terminal`() throws {
    let colored = try screen("-u NO_COLOR TERM=xterm")
    #expect(colored.contains("\u{1B}[1;31mgradcam:\u{1B}[0m missing.jpg: no such file"))
    #expect(colored.contains("gradcam: \u{1B}[1;33mwarning:\u{1B}[0m photo.jpg: all-negative: "))
    #expect(colored.contains("  \u{1B}[1;33m[all-negative]\u{1B}[0m"))
  }

  @Test(.enabled(if: hasTerminal), arguments: ["NO_COLOR=1 TERM=xterm", "-u NO_COLOR TERM=dumb"])
  func `None where they are not welcome`(_ environment: String) throws {
    let plain = try screen(environment)
    #expect(plain.contains("gradcam: missing.jpg: no such file"))
    #expect(plain.contains("gradcam: warning: photo.jpg: all-negative: ") && plain.contains("  [all-negative]"))
    // The meter's own commands are no colours.
    #expect(!plain.contains("m[") && !plain.contains("\u{1B}[0m") && !plain.contains("\u{1B}[1;3"))
  }
}
