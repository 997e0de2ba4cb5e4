import Foundation
import TestSupport
import Testing

/// Runs with less memory than they would like: an image that finds no room fails, a model is refused, and nothing is ended by a signal or
/// waits for ever.
@Suite struct MemoryTests {
  /// Runs a line of the shell with at most so many megabytes of addresses, for half a minute at most (124 says that it took longer).
  private func run(_ line: String, megabytes: Int, in folder: Workplace) throws -> Tool.Outcome {
    try Tool.shell(
      "ulimit -v \(megabytes * 1024); SWIFT_BACKTRACE=enable=no exec timeout 30 \(line)", in: folder)
  }

  /// Whether addresses can be limited: a build with a sanitizer takes terabytes of them.
  private static let canLimit: Bool = {
    let outcome = try? Tool.shell("ulimit -v 4194304; exec gradcam --version", in: Workplace())
    return outcome?.status == 0
  }()

  /// What the tool itself takes before it begins, in megabytes, where addresses can be limited: debug builds take more.
  private static let least: Int =
    stride(from: 100, to: 1000, by: 25).first { megabytes in
      let line = "ulimit -v \(megabytes * 1024); exec timeout 30 gradcam methods > /dev/null"
      return (try? Tool.shell(line, in: Workplace()))?.status == 0
    } ?? 1000

  @Test(.enabled(if: canLimit)) func `An image that finds no room fails, and the run goes on`() throws {
    let folder = Workplace("xray.pth", "photo.jpg")
    // 2.7 GB of samples that nobody has written.
    folder.put("P6 30000 30000 255\n", as: "big.ppm")
    #expect(truncate(folder.path("big.ppm"), 2_700_000_019) == 0)
    let outcome = try run(
      "gradcam explain big.ppm photo.jpg -w xray.pth --max-pixels 1000000000 --jsonl", megabytes: 4000, in: folder)
    #expect(outcome.status == 1, "\(outcome.errors)")
    let records = try outcome.lines.map { try JSON($0) }
    #expect(records.count == 2 && records[0]["kind"].text == "no-memory" && records[1]["error"].text == "absent")
    #expect(records[0]["error"].text?.contains("memory") == true && !outcome.text.contains("damaged"))
    #expect(folder.made == ["photo.gradcam.png"])
  }

  /// A convolution whose output is repeated a thousand times each way: 512 million numbers from a file of half a kilobyte.
  private static let tiles: [UInt8] = {
    let nodes = [
      Wire.node("conv", "Conv", ["x", "w"], ["a"]), Wire.node("tile", "Tile", ["a", "repeats"], ["b"]),
      Wire.node("pool", "GlobalAveragePool", ["b"], ["c"]), Wire.node("flat", "Flatten", ["c"], ["y"]),
    ]
    let weights = Wire.tensor("w", [2, 3, 1, 1], raw: [UInt8](repeating: 0, count: 24))
    let counts: [Int64] = [1, 1, 1000, 1000]
    let repeats = Wire.tensor("repeats", type: 7, [4], raw: counts.withUnsafeBytes { [UInt8]($0) })
    let graph = Wire.graph(
      nodes, inputs: [Wire.value("x", [1, 3, 16, 16])], outputs: [Wire.value("y", [1, 2])],
      initializers: [weights, repeats])
    return Wire.model(graph).bytes
  }()

  @Test(.enabled(if: canLimit), arguments: ["explain photo.jpg -w", "inspect", "bench"])
  func `A model that takes more than can be had is refused with the number`(_ command: String) throws {
    let folder = Workplace("photo.jpg")
    folder.put(Self.tiles, as: "tiles.onnx")
    let outcome = try run("gradcam \(command) tiles.onnx", megabytes: 2048, in: folder)
    #expect(outcome.status == 2 && folder.made == [])
    let line = try #require(outcome.errors.last)
    #expect(
      line.hasPrefix("gradcam: tiles.onnx: explaining an image with it takes ") && line.contains(" GB of memory, and "))
    // The card is there all the same.
    #expect(outcome.text.contains("memory ") == (command == "inspect"))
  }

  @Test(.enabled(if: canLimit)) func `Any limit ends in a documented status, and with a line`() throws {
    let folder = Workplace("xray.pth", "photo.jpg")
    folder.put(Workplace.fixture("photo.jpg"), as: "second.jpg")
    var statuses = Set<Int32>()
    for megabytes in stride(from: Self.least, to: Self.least + 500, by: 80) {
      let outcome = try run(
        "gradcam explain photo.jpg second.jpg -w xray.pth -d o -j 2", megabytes: megabytes, in: folder)
      statuses.insert(outcome.status)
      #expect([0, 1, 2].contains(outcome.status), "\(megabytes) MB: \(outcome.status), \(outcome.errors)")
      #expect(outcome.status == 0 || outcome.errors.contains { $0.hasPrefix("gradcam: ") }, "\(megabytes) MB")
      #expect(!outcome.errors.contains { $0.contains("damaged") }, "\(outcome.errors)")
    }
    #expect(statuses.contains(2) && statuses.contains(0))
  }

  @Test func `Threads and jobs beyond what the cores can use are held to it, and a line says so`() throws {
    let folder = Workplace("xray.pth", "photo.jpg")
    folder.put(Workplace.fixture("photo.jpg"), as: "second.jpg")
    for words in [["--threads", "1024"], ["-j", "1024"], ["-j", "1024", "--threads", "1024"]] {
      let outcome = try Tool.run(["explain", "photo.jpg", "second.jpg", "-w", "xray.pth"] + words, in: folder)
      #expect(outcome.status == 0)
      #expect(outcome.errors.count { $0.contains(": 1024 is held to ") } == words.count / 2, "\(outcome.errors)")
    }
    let quiet = try folder.explain("--threads", "1024", "--quiet")
    #expect(quiet.status == 0 && quiet.errors == [])
  }
}
