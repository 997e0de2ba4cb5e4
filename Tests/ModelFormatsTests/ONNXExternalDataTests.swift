import Glibc
import TestSupport
import Testing

@testable import ModelFormats

@Suite struct ONNXExternalDataTests {
  /// A folder with `weights` (8 bytes), `sub/weights`, `inside` (a link to it), and links that lead out of it.
  private func withFolder(_ body: (FilePath) throws -> Void) throws {
    let outer = FilePath("/tmp/gradcam-external-\(UInt64.random(in: 0 ... .max))")
    #expect(outer.withCString { mkdir($0, 0o755) } == 0)
    defer { remove(outer) }
    let folder = outer.appending(FilePath("model"))
    for made in [folder, folder.appending(FilePath("sub"))] { #expect(made.withCString { mkdir($0, 0o755) } == 0) }
    let bytes = [Float(1), 2].flatMap { [UInt8]($0.bitPattern) }
    for path in ["model/weights", "model/sub/weights", "secret"] {
      try AtomicFile.write(bytes, to: outer.appending(FilePath(path)))
    }
    for (target, link) in [("sub/weights", "inside"), ("../secret", "outside"), ("..", "up"), ("lost", "dangling")] {
      #expect(symlink(target, "\(folder)/\(link)") == 0)
    }
    #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
    try body(folder)
  }

  private func remove(_ folder: FilePath) {
    for name in ["weights", "sub/weights", "inside", "outside", "up", "dangling", "pipe"] {
      unlink("\(folder)/model/\(name)")
    }
    unlink("\(folder)/secret")
    for name in ["model/sub", "model", ""] { rmdir("\(folder)/\(name)") }
  }

  private func model(_ entries: [String: String], shape: [Int] = [2]) -> Wire {
    .model(.graph([.node("n", "Add", ["x", "w"], ["y"])], initializers: [.external("w", shape, entries)]))
  }

  @Test func `Reads what onnx writes`() throws {
    let graph = try ONNXFixture.model("external").graph
    #expect(graph.initializers.map { $0.floats() } == [[0, 1, 2, 3, 4, 5], [7, 8]])
    #expect(graph.initializers[0].region.file === graph.initializers[1].region.file)
  }

  @Test func `Reads files in the folder`() throws {
    try withFolder { folder in
      for location in ["weights", "./weights", "sub/weights", "sub//weights", "inside"] {
        let graph = try model(["location": location]).read(folder: folder).graph
        #expect(graph.initializers[0].floats() == [1, 2])
      }
      let entries = ["location": "weights", "offset": "4", "length": "4", "checksum": "ignored"]
      #expect(try model(entries, shape: [1]).read(folder: folder).graph.initializers[0].floats() == [2])
      let graph = Wire.graph(
        [.node("n", "Add", ["x", "w"], ["y"])],
        initializers: [.external("w", [2], ["location": "weights"]), .external("v", [2], ["location": "./weights"])])
      let records = try Wire.model(graph).read(folder: folder).graph.initializers
      #expect(records[0].region.file === records[1].region.file)
    }
  }

  @Test func `Never leaves the folder`() throws {
    try withFolder { folder in
      #expect(
        model(["location": ""]).error(folder: folder)
          == "tensor w is kept in another file, which the model does not name (save the model again, with its weights inside)"
      )
      for location in ["/etc/passwd", "../secret", "sub/../../secret", "..", "outside", "up/secret", "up"] {
        #expect(
          model(["location": location]).error(folder: folder)
            == "tensor w is kept in the file \(location), which is not in the model's folder (copy it there)")
      }
      for location in [".", "sub", "pipe"] {
        let problem = model(["location": location]).error(folder: folder) ?? ""
        #expect(problem.hasPrefix("tensor w is kept in the file \(location), which is not "), "\(problem)")
      }
    }
  }

  @Test func `Refuses data that is not there`() throws {
    try withFolder { folder in
      func error(_ entries: [String: String]) -> String? {
        model(entries.merging(["location": "weights"]) { first, _ in first }).error(folder: folder)
      }
      let what = "tensor w is kept in the file"
      for location in ["lost", "dangling", "lost/weights"] {
        #expect(error(["location": location]) == "\(what) \(location): no such file (keep it in the model's folder)")
      }
      #expect(error(["offset": "4"]) == "\(what) weights at byte 4 with 8 bytes, and the file has 8")
      #expect(
        error(["offset": "\(Int.max)"]) == "\(what) weights at byte \(Int.max) with 8 bytes, and the file has 8")
      for entries in [["offset": "-4"], ["offset": "x"], ["length": "y"], ["offset": "99999999999999999999"]] {
        #expect(error(entries) == "\(what) weights at a place that is no number")
      }
      #expect(error(["length": "4"]) == "\(what) weights with 4 bytes, and its shape and type need 8")
      #expect(
        model(["location": "weights"]).error()
          == "\(what) weights beside the model, whose folder is not known (name the model's file)")
    }
  }
}
