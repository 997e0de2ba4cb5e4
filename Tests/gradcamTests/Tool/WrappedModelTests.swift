import ModelFormats
import TestSupport
import Testing

/// Networks as their owners save them: under names of their own, beside what only training needs.
@Suite struct WrappedModelTests {
  private let folder = Workplace("tiny.png", "cifar.th")
  private static let loss = "criterion.pos_weight takes no part and is passed over"

  /// Writes the CIFAR fixture under other names, with tensors of zeros beside it.
  private func put(_ name: String, beside others: [(String, [Int])] = [], _ rename: (String) -> String) throws {
    let state = try StateDict.load(FileBytes(copying: Workplace.fixture("cifar.th")))
    var tensors: [(name: String, shape: [Int], bytes: FileBytes)] = state.tensors
      .filter { !$0.name.hasSuffix("num_batches_tracked") }
      .map { (rename($0.name), $0.shape, FileBytes(copying: $0.floats().withUnsafeBytes { [UInt8]($0) })) }
    for (name, shape) in others {
      tensors.append((name, shape, FileBytes(copying: [UInt8](repeating: 0, count: 4 * shape.reduce(1, *)))))
    }
    let list = tensors.map { (name: $0.name, type: ElementType.float32, shape: $0.shape, bytes: $0.bytes.bytes) }
    let encoded = try SafetensorsWriter.encode(tensors: list, metadata: [:])
    withExtendedLifetime(tensors) { folder.put(encoded, as: name) }
  }

  private func map(_ words: String...) throws -> [UInt8] {
    let outcome = try Tool.run(["explain", "tiny.png", "-o", "o.png", "--heatmap", "o.npy"] + words, in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return folder.bytes("o.npy") ?? []
  }

  @Test func `A loss beside the network is named, and nothing else changes`() throws {
    try put("net", beside: [("criterion.pos_weight", [10])]) { "net.\($0)" }
    let plain = try map("-w", "cifar.th")
    #expect(try map("-w", "net") == plain)
    for command in [
      ["explain", "tiny.png", "-w", "net", "-o", "o.png"], ["convert", "net", "-o", "w.bin"], ["inspect", "net"],
    ] {
      let outcome = try Tool.run(command, in: folder)
      #expect(outcome.status == 0 && outcome.errors.contains("gradcam: net: \(Self.loss)"))
    }
    let card = try JSON(String(decoding: try folder.run("inspect", "net", "--json").output, as: UTF8.self))
    #expect(card["notes"][0].text == Self.loss)
    // What convert writes holds the network alone.
    #expect(try map("-w", "w.bin") == plain)
    #expect(try folder.dump("w.bin").names.contains("layer1.0.conv1.weight"))
    #expect(try !folder.dump("w.bin").names.contains { $0.hasPrefix("net.") || $0.hasPrefix("criterion.") })
  }

  @Test func `A choice among heads and networks is part of the recipe`() throws {
    try put("heads", beside: [("head.weight", [3, 16]), ("head.bias", [3])]) { $0 }
    let refused = try folder.run("explain", "tiny.png", "-w", "heads", "-o", "o.png")
    #expect(
      refused.status == 2
        && refused.errors == [
          """
          gradcam: heads: holds the trunk of cifar-resnet and 2 heads that fit it: head (3 outputs), linear (10 outputs) \
          (--head head, or another of them, chooses)
          """
        ])
    #expect(try map("-w", "heads", "--head", "linear", "--records", "records") == map("-w", "cifar.th"))
    #expect(folder.text("records")?.contains("--head=linear") ?? false)
    #expect(try folder.run("verify", "records").status == 0)
    let wrong = try folder.run("explain", "tiny.png", "-w", "heads", "-o", "o.png", "--head", "tail")
    #expect(wrong.errors == ["gradcam: --head: 'tail' is no head that fits (head, linear)"])
    let graph = try folder.run("explain", "tiny.png", "-w", "cifar.th", "-o", "o.png", "--state", "ema")
    #expect(
      graph.status == 2 && graph.errors[0].hasPrefix("gradcam: --state: 'ema' is nothing that the file has (bn1, "))
  }
}
