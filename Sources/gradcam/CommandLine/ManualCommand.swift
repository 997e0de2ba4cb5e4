extension Command {
  static let man = Command(
    name: "man", summary: "print the manual page",
    notes: ["Prints gradcam(1) in the language of man's macros: gradcam man | man -l - shows it."],
    examples: ["gradcam man > gradcam.1"], action: ManualCommand.self)
}

/// `gradcam man`.
struct ManualCommand: Listing {
  var lines: [String] { ManualPage.text }
}
