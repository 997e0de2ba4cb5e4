import Foundation
import GradCAMCore
import ModelFormats
import Testing

@testable import gradcam

@Suite struct RecordReadingTests {
  private let folder = Workplace()

  private func explained(_ json: String) throws -> ExplanationRecord {
    guard case .explained(let record) = try Record(line: Array(json.utf8)) else { throw InputError("", "has failed") }
    return record
  }

  private var whole: ExplanationRecord {
    var map = MapRecord(
      method: "rise", layer: "input", target: TargetRecord(index: 1, label: nil), score: 2, activationShape: [1, 2],
      mapShape: [3, 3], mapMin: -1, mapMax: 1, verdict: "ok", border: .nan, entropy: 0.5, seed: .max, samples: 9,
      output: "�.png", outputBase64: "/y5wbmc=", heatmap: nil,
      digest: MapDigest(Heatmap(width: 1, height: 1, values: [1])))
    map.contours = [[[1, 2]]]
    return ExplanationRecord(
      image: FilePath(bytes: [0x61, 0xFF]),
      geometry: CropGeometry(imageWidth: 60, imageHeight: 40, x: 10, y: 0, width: 40.1, height: 40),
      prediction: [], maps: [map], milliseconds: 1, imageDigest: "aa",
      provenance: Provenance(
        version: "1", model: FilePath("w"), modelDigest: "bb", preprocess: "half", processor: "x", labels: [],
        words: ["--signed"]))
  }

  @Test func `What was written is read back`() throws {
    let record = try explained(try encodedJSON(whole))
    #expect(record.missing == [])
    #expect(record.path.bytes == [0x61, 0xFF] && record.model == "w" && record.modelDigest == "bb")
    #expect(record.imageDigest == "aa" && record.recipe == whole.recipe && record.options == ["--signed"])
    let map = record.maps[0]
    #expect(map.seed == .max && map.samples == 9 && map.border == nil && map.digest == whole.maps[0].digest)
    #expect(record.overlays.map { $0?.bytes } == [Array("\u{FF}.png".unicodeScalars.map { UInt8($0.value) })])
    #expect(record.shownPart?.width == 40.1)
  }

  @Test func `What a record lacks is told`() throws {
    let bare = try explained(#"{"image":"a","maps":[{"output":null,"method":3}]}"#)
    #expect(bare.maps[0].method == "" && bare.overlays.map { $0?.bytes } == [nil] && bare.modelName == nil)
    #expect(
      Set(bare.missing).isSuperset(of: ["model", "width", "image_sha256", "options", "method", "layer", "digest"]))
    let odd = try explained(try encodedJSON(whole).replacing(#""samples":9"#, with: #""samples":"x""#))
    #expect(odd.missing == ["samples"] && odd.maps[0].samples == nil)
  }

  @Test func `A failure keeps its model and its reason`() throws {
    let line = #"{"error":"is empty","image":"a","model":"w"}"#
    guard case .failed(let record) = try Record(line: Array(line.utf8)) else { throw InputError("", "is explained") }
    #expect(record.path == FilePath("a") && record.model == "w" && record.error == "is empty")
    #expect(try Record.failed(record).json() == line)
  }

  // MARK: - Lines of files

  private func numbers(_ lines: RecordLines) throws -> [(Int, Bool)] {
    var found: [(Int, Bool)] = []
    while let line = try lines.next() {
      #expect(lines.line(at: line.place) == line.bytes)
      found.append((line.number, line.isEnded))
    }
    return found
  }

  @Test func `Blank lines count and are passed over; the last may lack its end`() throws {
    folder.put("{}\n\r\n \t\n{\"a\":1}\n[", as: "records")
    let found = try numbers(try RecordLines(FilePath(folder.path("records"))))
    #expect(found.map(\.0) == [1, 4, 5] && found.map(\.1) == [true, true, false])
  }

  @Test func `What comes through a pipe is kept where it is asked for`() throws {
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    let text = (0..<3000).map { "{\"\($0)\":\"\(String(repeating: "z", count: $0 % 90))\"}\n" }.joined()
    let writer = Thread { [path = folder.path("pipe")] in
      FileHandle(forWritingAtPath: path)?.write(Data(text.utf8))
    }
    writer.start()
    let lines = try RecordLines(FilePath(folder.path("pipe")), keepsPipes: true)
    #expect(try numbers(lines).count == 3000 && !lines.isEmptyPipe)
  }

  @Test func `A line beyond all bounds is passed over, and those behind it are where they are`() throws {
    let (limit, size) = (1 << 16, 300_000)
    let text = Array("{}\n".utf8) + [UInt8](repeating: 0x78, count: size) + Array("\n{\"a\":1}\n[".utf8)
    folder.put(text, as: "records")
    func check(_ lines: RecordLines) throws {
      #expect(try lines.next()?.number == 1)
      let long = try #require(try lines.next())
      let remedy: Message = "at most 65,536"
      #expect(long.fault == InputError("", "is no record: it has \(size.grouped) bytes", remedy: remedy))
      #expect(long.bytes.count == 1024)
      let third = try #require(try lines.next())
      #expect(third.number == 3 && third.fault == nil && third.bytes == Array(#"{"a":1}"#.utf8))
      #expect(lines.line(at: third.place) == third.bytes)
      #expect(try lines.next()?.isEnded == false)
      #expect(try lines.next()?.number == nil)
    }
    try check(try RecordLines(FilePath(folder.path("records")), longest: limit))
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    Thread { [path = folder.path("pipe")] in FileHandle(forWritingAtPath: path)?.write(Data(text)) }.start()
    try check(try RecordLines(FilePath(folder.path("pipe")), keepsPipes: true, longest: limit))
  }
}
