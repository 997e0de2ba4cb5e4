import Testing

@testable import gradcam

/// What bash, zsh and fish themselves offer, each where it is installed.
@Suite struct CompletionTests {
  private static let installed = Shell.allCases.filter(\.isInstalled)

  @Test(arguments: installed) func `Every command and every flag of the table`(_ shell: Shell) throws {
    let lines = ["gradcam ", "gradcam help "] + CommandTable.shown.map { "gradcam \($0) --" }
    let offers = try shell.offers(lines)
    try #require(offers.count == lines.count)
    let topics = HelpTopic.all.map(\.name)
    #expect(offers[0] == CommandTable.names.sorted() && offers[1] == (CommandTable.names + topics).sorted())
    for (command, offered) in zip(CommandTable.shown, offers.dropFirst(2)) {
      #expect(offered == Flag.table(of: command).map(\.long).sorted(), "\(command)")
    }
  }

  @Test(arguments: installed) func `The values of every flag that takes one`(_ shell: Shell) throws {
    var (lines, expected): ([String], [[String]]) = ([], [])
    for command in CommandTable.all {
      for flag in Flag.table(of: command) where flag.value.placeholder != nil {
        for spelling in flag.spellings.map({ "\($0) " }) + ["\(flag.long)="] {
          lines.append("gradcam \(command) \(spelling)")
          expected.append(Self.values(flag.value.offer))
        }
      }
    }
    let offers = try shell.offers(lines)
    try #require(offers.count == lines.count && lines.count > 100)
    for (index, line) in lines.enumerated() { #expect(offers[index] == expected[index].sorted(), "\(line)") }
  }

  /// What must come out in the session's folder.
  private static func values(_ offer: Offer) -> [String] {
    switch offer {
    // No model was typed.
    case .nothing, .layers: []
    case .files: ["harness", "lines", "maps", "photo.jpg", "script"]
    case .folders: ["maps"]
    case .words(let words), .list(let words): words
    }
  }

  private static let places: [(line: String, offers: [String])] = [
    ("gradcam exp", ["explain"]), ("gradcam completions ", ["bash", "fish", "zsh"]),
    ("gradcam explain ph", ["photo.jpg"]), ("gradcam explain --json ph", ["photo.jpg"]),
    ("gradcam explain --weights ph", ["photo.jpg"]), ("gradcam explain --weights=ph", ["photo.jpg"]),
    ("gradcam explain -- ph", ["photo.jpg"]), ("gradcam explain -- --js", []),
    ("gradcam explain --js", ["--json", "--jsonl"]), ("gradcam explain ph --alp", ["--alpha"]),
    ("gradcam explain --compat tor", ["torch-cam"]), ("gradcam explain --compat=tor", ["torch-cam"]),
    ("gradcam inspect --js", ["--json"]),
    ("gradcam convert --alp", []),
  ]

  @Test(arguments: installed) func `Beginnings of words in their places`(_ shell: Shell) throws {
    let offers = try shell.offers(Self.places.map(\.line))
    try #require(offers.count == Self.places.count)
    for (place, offered) in zip(Self.places, offers) { #expect(offered == place.offers, "\(place.line)") }
  }

  @Test(arguments: installed) func `Names between commas`(_ shell: Shell) throws {
    let lines = ["gradcam explain -m gradcam,lay", "gradcam explain --method=gradcam,fem,lay"]
    let before = shell == .zsh ? ["", ""] : ["gradcam,", "gradcam,fem,"]
    #expect(try shell.offers(lines) == before.map { [$0 + "layercam"] })
  }

  @Test(arguments: installed) func `Layers of the model that was typed`(_ shell: Shell) throws {
    let lines = [
      "gradcam explain photo.jpg -w xray.pth --layer resnet_blocks.4.", "gradcam bench xray.pth -l resnet_blocks.4.",
      "gradcam explain -w missing.pth -l resnet",
    ]
    let offers = try shell.offers(lines, beside: "xray.pth")
    let layers = try Tool.run(["inspect", "xray.pth"], in: Workplace("xray.pth")).lines
      .compactMap { $0.split(separator: " ").first.map(String.init) }
      .filter { $0.hasPrefix("resnet_blocks.4.") }
    #expect(layers.contains("resnet_blocks.4.conv2"))
    #expect(offers == [layers.sorted(), layers.sorted(), []])
  }

  @Test func `Shells that there are no completions for`() {
    #expect(outcome(of: "completions") == (2, "", "gradcam: completions: no shell is named (bash, zsh or fish)\n"))
    #expect(
      outcome(of: "completions", "tcsh").errors
        == "gradcam: tcsh: is not a shell that completions are made for (bash, zsh or fish)\n")
    #expect(
      complaint("completions", "bash", "zsh") == "gradcam: zsh: is one operand too many (gradcam completions SHELL)")
  }
}
