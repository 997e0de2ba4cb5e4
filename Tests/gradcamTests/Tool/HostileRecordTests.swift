import Foundation
import Testing

/// `gradcam verify` and `gradcam report` on records that somebody else wrote.
@Suite struct HostileRecordTests {
  /// The record of a run, and its folder.
  private func recorded(_ words: String...) throws -> (folder: Workplace, line: String) {
    let folder = Workplace("photo.jpg", "xray.pth")
    let line = ["explain", "photo.jpg", "-w", "xray.pth", "-d", "o", "--records", "good"] + words
    #expect(try Tool.run(line, in: folder).status == 0)
    return (folder, try #require(folder.text("good")).trimmingCharacters(in: .newlines))
  }

  private func verify(_ folder: Workplace, _ line: String) throws -> (status: Int32, lines: [String]) {
    folder.put("\(line)\n", as: "records")
    let outcome = try folder.run("verify", "records")
    return (outcome.status, outcome.lines)
  }

  @Test func `One record whose numbers no map has costs itself alone`() throws {
    let (folder, good) = try recorded()
    let bad = good.replacing(#/"grid_shape":\[[^\]]*\]/#, with: #""grid_shape":[4611686018427387904,4]"#)
      .replacing(#/"sha256":"[^"]*"/#, with: #""sha256":"00""#)
    let outcome = try verify(folder, "\(good)\n\(bad)\n\(good)")
    #expect(outcome.status == 1)
    let fault = "maps[0].digest.grid_shape[0] is 4611686018427387904 (1 to 16)"
    #expect(
      outcome.lines == [
        "records: line 2: is no record: \(fault)", "2 same, 0 agrees, 0 differs, 1 not verified, 0 failed before",
      ])
  }

  @Test func `A number that is not finite agrees with nothing`() throws {
    let (folder, good) = try recorded()
    let digest = try JSON(good)["maps"][0]["digest"]
    let grid = try #require(digest["grid"].text.flatMap { Data(base64Encoded: $0) })
    for pattern: UInt32 in [0x7FC0_0000, 0x7F80_0000, 0xFF80_0000] {
      let bytes = withUnsafeBytes(of: pattern.littleEndian, Array.init)
      let cells = [bytes + Array(grid.dropFirst(4)), (0..<grid.count / 4).flatMap { _ in bytes }]
      for cell in cells {
        let bad = good.replacing(#/"grid":"[^"]*"/#, with: "\"grid\":\"\(Data(cell).base64EncodedString())\"")
          .replacing(#/"sha256":"[^"]*"/#, with: #""sha256":"00""#)
          .replacing(#/"processor":"[^"]*"/#, with: #""processor":"another""#)
        let outcome = try verify(folder, bad)
        #expect(outcome.status == 1 && outcome.lines[0].hasSuffix("differs: not all of its numbers are finite"))
      }
    }
  }

  private static let none: [(content: String, lines: [String])] = [
    ("", []), ("\n \r\n\n", []), ("junk", ["records: line 1: is no record"]),
    ("[]\n{}\n", ["records: line 1: is no record", "records: line 2: is no record"]),
  ]

  @Test(arguments: none) func `A file of no record is an error`(_ content: String, _ lines: [String]) throws {
    let folder = Workplace()
    folder.put(content, as: "records")
    let outcome = try folder.run("verify", "records")
    #expect(outcome.status == 2)
    #expect(
      outcome.errors == ["gradcam: records: holds no record (lines that gradcam explain --jsonl or --records writes)"])
    #expect(
      outcome.lines == lines + ["0 same, 0 agrees, 0 differs, \(lines.count) not verified, 0 failed before"])
  }

  @Test func `No record in standard input is an error, and a record without maps is not verified`() throws {
    let folder = Workplace()
    let pipe = try Tool.shell("printf '' | gradcam verify -", in: folder)
    #expect(pipe.status == 2 && pipe.errors.last?.hasPrefix("gradcam: standard input: holds no record") == true)
    let outcome = try verify(folder, #"{"image":"a","maps":[]}"#)
    #expect(outcome.status == 1 && outcome.lines[0].hasPrefix("a: not verified: "))
  }

  private static let asks: [(options: String, reason: String)] = [
    (#""--jobs=8""#, "--jobs: is no option that a record keeps"),
    (#""--records=x""#, "--records: is no option that a record keeps"),
    (#""--output=photo.jpg""#, "--output: is no option that a record keeps"),
    (#""other.jpg""#, "other.jpg: is no option that a record keeps"),
    (#""--method=smoothgrad""#, "its options ask for smoothgrad, and it has no map of that"),
    (#""--samples=1000000""#, "--samples: none of the methods draws samples"),
    (#""--method=smoothgrad","--samples=100000000000""#, "--samples: '100000000000' is out of range"),
    (#""--target=all""#, "its options make 2 maps, and it has 1"),
    (#""--method=gradcam,rise,occlusion""#, "its options ask for rise, and it has no map of that"),
    (#""--labels=pipe""#, "pipe: is a named pipe (a file on disk)"),
    (#""--labels=/dev/zero""#, "/dev/zero: is a device (a file on disk)"),
    (#""--input-shape=1000000x1000000x3""#, "--input-shape: '1000000x1000000x3' is not a shape"),
    (#""--help""#, "its options are none of explain's"),
  ]

  @Test func `Options that ask for more than was done are not followed`() throws {
    let (folder, good) = try recorded("-t", "0")
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    for (options, reason) in Self.asks {
      let bad = good.replacing(#/"options":\[[^\]]*\]/#, with: "\"options\":[\(options)]")
      let outcome = try verify(folder, bad)
      let line = outcome.lines.first ?? ""
      #expect(outcome.status == 1 && line.hasPrefix("photo.jpg: not verified: \(reason)"), "\(outcome)")
    }
    #expect(folder.bytes("photo.jpg") == Workplace.fixture("photo.jpg"))
  }

  @Test func `Samples that no processor draws in the record's time are not drawn`() throws {
    let (folder, good) = try recorded("-t", "0", "-m", "smoothgrad", "--samples", "2")
    // A machine that is busy takes longer than any other.
    let quick = good.replacing(#/"milliseconds":[0-9.]+/#, with: "\"milliseconds\":9")
    let outcome = try verify(folder, quick.replacing("--samples=2", with: "--samples=1000000"))
    let reason = "photo.jpg: not verified: 1000000 samples cannot have been drawn in the record's "
    #expect(outcome.status == 1 && outcome.lines.first?.hasPrefix(reason) == true, "\(outcome)")
  }

  /// Opened by a record's word, it would be waited for, or read without end.
  @Test(arguments: ["pipe", "/dev/zero", "/dev/tty0", "/proc/self/mem", "o"])
  func `What is no file on disk is not opened`(
    _ path: String
  ) throws {
    let (folder, good) = try recorded()
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    for key in ["image", "model"] {
      let bad = good.replacing(try Regex("\"\(key)\":\"[^\"]*\""), with: "\"\(key)\":\"\(path)\"")
      let outcome = try verify(folder, bad)
      #expect(outcome.status == 1 && outcome.lines[0].contains(": not verified: "), "\(outcome)")
    }
    folder.put(good.replacing(#/"image":"[^"]*"/#, with: "\"image\":\"\(path)\""), as: "r.jsonl")
    #expect(try folder.run("report", "r.jsonl", "-o", "r.html").status == 0)
  }

  private static let lines = [
    #"{"image":"n","maps":[],"note":"\ud800"}"#: "note holds half of a surrogate pair",
    #"{"image":"n","maps":[],"x":1e400}"#: "x is 1e400",
    #"{"image":"n","maps":[],"x":1,"x":2}"#: "x is there twice",
    #"{"image":"n","maps":[],"width":-1}"#: "width is -1",
  ]

  @Test func `One bad line costs that line of a report`() throws {
    let folder = Workplace()
    for (line, fault) in Self.lines {
      for last in [line, "\(line)\n"] {
        folder.put(#"{"image":"a","error":"x"}"# + "\n\(last)", as: "r.jsonl")
        let outcome = try folder.run("report", "r.jsonl", "-o", "r.html")
        #expect(outcome.status == 1 && outcome.lines == ["r.html  1 image, 1 failed"])
        #expect(outcome.errors.count == 1)
        let error = outcome.errors.first ?? ""
        #expect(error.hasPrefix("gradcam: r.jsonl:2: is no record: \(fault)"), "\(outcome.errors)")
        #expect(try PageData.of("r.html", in: folder)["items"].count == 1)
      }
    }
  }

  @Test func `A budget's samples are drawn again, whatever they were`() throws {
    let (folder, good) = try recorded(
      "-m", "smoothgrad,smoothgradcam++", "-t", "0", "-t", "1", "--budget", "0.001", "--batch", "1")
    let outcome = try verify(folder, good)
    #expect(outcome.status == 0 && outcome.lines == ["4 same, 0 agrees, 0 differs, 0 not verified, 0 failed before"])
  }
}
