import Foundation
import ModelFormats
import TestSupport
import Testing

/// Files that somebody changes, replaces or cuts short while a run uses them, and files that are damaged.
@Suite struct ChangingFileTests {
  /// A folder with two photos and `w.bin` of an hour ago: changes within one tick of the file system's clock have the same time.
  private func workplace() throws -> Workplace {
    let folder = Workplace("photo.jpg", "gray.jpg", "xray.pth")
    let outcome = try folder.run("convert", "xray.pth", "-o", "w.bin")
    #expect(outcome.status == 0)
    try age(folder.path("w.bin"))
    return folder
  }

  private func age(_ path: String) throws {
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: path)
  }

  /// The model with other numbers in all of its tensors, and the same header.
  private func otherModel(_ folder: Workplace) throws -> [UInt8] {
    var bytes = try #require(folder.bytes("w.bin"))
    let header = 8 + bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    // Halves most numbers: the lowest bit of a float's exponent.
    for index in stride(from: header + 2, to: bytes.count, by: 4) { bytes[index] ^= 0x80 }
    return bytes
  }

  private func overwrite(_ path: String, with bytes: [UInt8]) throws {
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.write(contentsOf: Data(bytes))
    try handle.close()
  }

  private func start(_ folder: Workplace, _ words: String...) throws -> Tool.Running {
    let run = try Tool.Running(
      ["explain", "--files-from", "-", "-w", "w.bin", "-d", "o", "--jsonl", "--records", "records"] + words, in: folder)
    run.send("photo.jpg\n")
    #expect(run.waits(forLines: 1))
    return run
  }

  /// Checks that the run ended with the model's change, and nothing of the second image is left.
  private func check(_ run: Tool.Running, _ folder: Workplace, says problem: String) {
    // The list stays open: whoever waits for it must learn that the run ends.
    run.send("gray.jpg\n")
    let outcome = run.outcome()
    #expect(outcome.status == 1 && outcome.lines.count == 1)
    #expect(outcome.errors.count == 1 && outcome.errors[0].hasPrefix("gradcam: w.bin: \(problem); the run ends here ("))
    #expect(folder.text("records") == outcome.text)
    #expect(folder.made.filter { $0.hasPrefix("o/") } == ["o/photo.jpg.gradcam.png"])
  }

  @Test(arguments: ["1", "2"]) func `A model that is overwritten between two images ends the run`(_ jobs: String) throws
  {
    let folder = try workplace()
    let other = try otherModel(folder)
    let run = try start(folder, "-j", jobs)
    try overwrite(folder.path("w.bin"), with: other)
    check(run, folder, says: "changed while it was in use")
  }

  @Test func `A model that is cut short between two images ends the run`() throws {
    let folder = try workplace()
    let run = try start(folder)
    #expect(truncate(folder.path("w.bin"), 5000) == 0)
    check(run, folder, says: "changed while it was in use")
  }

  @Test func `A model whose name another file takes ends the run`() throws {
    let folder = try workplace()
    folder.put(try otherModel(folder), as: "other.bin")
    let run = try start(folder)
    #expect(rename(folder.path("other.bin"), folder.path("w.bin")) == 0)
    check(run, folder, says: "was replaced by another file while it was in use")
  }

  @Test func `A model that is touched, linked and removed is the same model`() throws {
    let folder = try workplace()
    let run = try start(folder)
    #expect(utimes(folder.path("w.bin"), nil) == 0 && chmod(folder.path("w.bin"), 0o400) == 0)
    run.send("gray.jpg\n")
    #expect(run.waits(forLines: 2))
    #expect(unlink(folder.path("w.bin")) == 0)
    run.send("photo.jpg\n")
    run.endList()
    let outcome = run.outcome()
    #expect(outcome.status == 0 && outcome.lines.count == 3)
  }

  @Test func `Resumed with the model as it was, a run goes on where it ended`() throws {
    let folder = try workplace()
    let (model, other) = (try #require(folder.bytes("w.bin")), try otherModel(folder))
    let run = try start(folder)
    try overwrite(folder.path("w.bin"), with: other)
    check(run, folder, says: "changed while it was in use")
    try overwrite(folder.path("w.bin"), with: model)
    let rest = try folder.run(
      "explain", "photo.jpg", "gray.jpg", "-w", "w.bin", "-d", "o", "--jsonl", "--records", "records", "--resume")
    #expect(rest.status == 0 && !rest.lines.isEmpty)
  }

  @Test func `Records are verified by the model that is loaded`() throws {
    let folder = try workplace()
    #expect(try folder.run("explain", "photo.jpg", "-w", "w.bin", "--records", "records").status == 0)
    folder.put(try otherModel(folder), as: "w.bin")
    let outcome = try folder.run("verify", "records")
    #expect(outcome.status == 1)
    #expect(outcome.lines[0].contains("is not the model that explained it"))
  }

  // MARK: - Damage

  /// Flips a bit in the middle of the first tensor of which the name is accepted.
  private func damage(_ folder: Workplace, _ accepts: (String) -> Bool) throws {
    var bytes = try #require(folder.bytes("w.bin"))
    let file = try SafetensorsFile(FileBytes(copying: bytes))
    let region = try #require(file.tensors.first { accepts($0.name) }).region
    bytes[region.offset + region.count / 8 * 4] ^= 1
    folder.put(bytes, as: "w.bin")
  }

  private let damages: [(String) -> Bool] = [
    { $0.hasPrefix("gradcam.packed.") }, { $0 == "resnet_blocks.0.conv1.weight" }, { $0 == "classifier.0.weight" },
  ]

  @Test func `One flipped bit of a model keeps it from explaining, being converted and being shown`() throws {
    for accepts in damages {
      let folder = try workplace()
      try damage(folder, accepts)
      let runs = [
        ["explain", "photo.jpg", "gray.jpg", "-w", "w.bin", "-d", "o", "--records", "records"],
        ["convert", "w.bin", "-o", "again.bin"], ["inspect", "w.bin"], ["bench", "w.bin", "--runs", "1"],
      ]
      for words in runs {
        let outcome = try Tool.run(words, in: folder)
        #expect(outcome.status != 0 && outcome.output.isEmpty, "\(words)")
        #expect(
          outcome.errors.count == 1 && outcome.errors[0].contains("w.bin: is damaged: 1 weight tensor(s) are not"),
          "\(words): \(outcome.errors)")
      }
      #expect(folder.made.filter { $0 != "records" }.isEmpty && folder.text("records") ?? "" == "")
    }
  }

  @Test func `Other data beside an ONNX model make another model of it`() throws {
    let folder = Workplace("photo.jpg")
    let nodes = [
      Wire.node("conv", "Conv", ["x", "w"], ["c"]), Wire.node("pool", "GlobalAveragePool", ["c"], ["p"]),
      Wire.node("flat", "Flatten", ["p"], ["y"]),
    ]
    let graph = Wire.graph(
      nodes, inputs: [.value("x", [1, 3, 16, 16])], outputs: [.value("y", [1, 2])],
      initializers: [.external("w", [2, 3, 1, 1], ["location": "m.data"])])
    folder.put(Wire.model(graph).bytes, as: "m.onnx")
    func putWeights(_ value: Float) {
      let weights = [Float](repeating: value, count: 6)
      folder.put(weights.withUnsafeBytes(Array.init), as: "m.data")
    }
    func run() throws -> [String] {
      let outcome = try folder.run(
        "explain", "photo.jpg", "-w", "m.onnx", "--preprocess", "unit", "-d", "o", "--records", "r", "--resume",
        "--jsonl")
      #expect(outcome.status == 0)
      return outcome.lines
    }
    putWeights(1)
    let first = try #require(try run().first)
    let digest = try Tool.shell("sha256sum m.data", in: folder).text.prefix(64)
    #expect(first.contains("\"model_data_sha256\":\"\(digest)\""))
    #expect(try run().isEmpty)
    putWeights(2)
    #expect(try run().count == 1)
    let outcome = try folder.run("verify", "r", "--verbose")
    #expect(outcome.status == 1 && outcome.lines[0].contains("the files beside it are not those that explained it"))
    #expect(outcome.lines.last == "1 same, 0 agrees, 0 differs, 1 not verified, 0 failed before")
  }
}
