import ModelFormats
import Testing

/// Names out of files, which may be of any length.
@Suite struct LongNameTests {
  private let long = String(repeating: "N", count: 100_000)

  /// The longest line that a run prints, in bytes.
  private func longest(_ outcome: Tool.Outcome) -> Int {
    (outcome.lines + outcome.errors).map(\.utf8.count).max() ?? 0
  }

  @Test func `Names of tensors are cut where they are printed`() throws {
    let folder = Workplace()
    let header = #"{"\#(long)":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init)
    folder.put(length + Array(header.utf8) + [0, 0, 0, 0], as: "m.safetensors")
    for command in ["inspect", "explain"] {
      let words = command == "inspect" ? ["inspect", "m.safetensors"] : ["explain", "x.jpg", "-w", "m.safetensors"]
      let outcome = try Tool.run(words, in: folder)
      #expect(outcome.status == 2 && longest(outcome) < 5000, "\(longest(outcome))")
    }
    let chosen = try folder.run("inspect", "m.safetensors", "--arch", "xray-classifier")
    #expect(chosen.status == 2 && longest(chosen) < 20_000 && chosen.errors[0].contains("unexpected NNN"))
  }

  @Test func `Labels are cut where they are printed, and whole in records`() throws {
    let folder = Workplace("photo.jpg", "xray.pth")
    folder.put("\(long)a\n\(long)b\n", as: "labels")
    let text = try folder.explain("--labels", "labels", "--counterfactual", "--panel")
    #expect(text.status == 0 && longest(text) < 5000)
    #expect(longest(try folder.run("inspect", "xray.pth", "--labels", "labels")) < 5000)
    let json = try folder.explain("--labels", "labels", "--jsonl")
    #expect(json.lines[0].contains("\"\(long)b\""))
    folder.put(json.output, as: "records")
    let verified = try folder.run("verify", "records", "--verbose")
    #expect(verified.status == 0 && longest(verified) < 5000)
  }
}
