import Foundation
import GradCAMCore
import ModelFormats
import TestSupport
import Testing

@testable import gradcam

/// Lines of records as anybody may write them.
@Suite struct RecordScanTests {
  private static let sound = #"""
    {"assumed":[],"height":480,"image":"a/i.jpg","image_bytes":7,"image_sha256":"aa","maps":[{\#
    "activation_shape":[1,512,8,8],"boxes":[{"height":3,"peak":0.5,"width":2,"x":0,"y":1}],"contours":[[[1,2],[3,4]]],"digest":{"grid":"AACAPw==",\#
    "grid_shape":[1,1],"sha256":"e00e"},"entropy":1e-07,"heatmap":null,"layer":"l","map_max":-0.5e+3,"method":"rise",\#
    "output":"a \u00fc\ud83d\ude00\n.png","samples":9,"seed":18446744073709551615,\#
    "target":{"index":1,"label":"c"},"verdict":"ok"}],\#
    "milliseconds":12.25,"model":"w.bin","options":["--signed"],"preprocess":"half","seen":[80,-0.5,205.71428,480],"width":640}
    """#

  /// What is wrong with a line; empty where it is a record.
  private func fault(_ line: String) -> String { fault(Array(line.utf8)) }

  private func fault(_ line: [UInt8]) -> String {
    do { _ = try Record(line: line) } catch { return "\(error)" }
    return ""
  }

  /// A record with more in it.
  private func with(_ fields: String) -> String { #"{"image":"a","maps":[],\#(fields)}"# }

  @Test func `A sound line, with blanks and a mark of its encoding`() {
    #expect(fault(Self.sound) == "")
    #expect(fault(" \t\(Self.sound)\r") == "")
    #expect(fault("\u{FEFF}\(Self.sound)") == "")
    let values = #""n":[0,-0,1E5,1e-400,123456789012345678901234567890,[],{},true,false,null,"\/\b\f\r\t\\\""]"#
    #expect(fault(with(values)) == "")
  }

  private static let bounds: [(String, String)] = [
    (#""width":-5"#, "width is -5 (0 to 2147483648)"),
    (#""seen":[1e400]"#, "seen[0] is 1e400 (a number that a double can hold)"),
    (#""note":{"x":[1,-1e999]}"#, "note.x[1] is -1e999 (a number that a double can hold)"),
    (#""note":"\ud800""#, "note holds half of a surrogate pair"),
    (#""note":"\ud800\ud800""#, "note holds half of a surrogate pair"),
    (#""note":"\udc00x\n""#, "note holds half of a surrogate pair"),
    (#""note":"\ud83d\u0041""#, "note holds half of a surrogate pair"),
    (#""a":1,"\u0061":2"#, "a is there twice"),
    (#""model":"a\u0000b""#, "model holds a zero byte, which no file's name does"),
    (#""recipe":"\#(String(repeating: "x", count: 2000))""#, "recipe has 2000 bytes (at most 1024)"),
    (#""options":[\#(String(repeating: "\"\",", count: 4096))""]"#, "options[4096] is one too many (at most 4096)"),
    (#""x":\#(String(repeating: "1", count: 2000))"#, "x is a number of 2000 digits"),
    (#""milliseconds":-1"#, "milliseconds is -1 (0 to 1000000000000)"),
  ]

  @Test(arguments: bounds) func `What breaks a bound is named`(_ fields: String, _ message: String) {
    #expect(fault(with(fields)) == "is no record: \(message)")
  }

  private static let mapBounds: [(String, String)] = [
    (#""samples":4000000000"#, "samples is 4000000000 (1 to 1000000)"),
    (#""samples":0"#, "samples is 0 (1 to 1000000)"),
    (#""digest":{"grid_shape":[4611686018427387904,4]}"#, "digest.grid_shape[0] is 4611686018427387904 (1 to 16)"),
    (#""digest":{"grid_shape":[1,1,1]}"#, "digest.grid_shape[2] is one too many (at most 2)"),
    (#""boxes":[{"width":1e10}]"#, "boxes[0].width is 1e10 (0 to 2147483648)"),
    (#""target":{"index":-2}"#, "target.index is -2 (-1 to 2147483648)"),
  ]

  @Test(arguments: mapBounds) func `What breaks a map's bound is named`(_ fields: String, _ message: String) {
    #expect(fault(#"{"image":"a","maps":[{},{\#(fields)}]}"#) == "is no record: maps[1].\(message)")
  }

  @Test func `Values lie in each other to a depth`() {
    let deep = { String(repeating: #"{"a":["#, count: $0) + String(repeating: "]}", count: $0) }
    #expect(fault(with("\"x\":\(deep(15))")) == "")
    let open = String(repeating: "[", count: 100_000)
    #expect(fault(with("\"x\":\(open)")).hasSuffix("lies deeper than anything in a record (32 levels)"))
    #expect(fault(open) == "is no record")
  }

  private static let garbage = [
    "", "x", "[]", "null", "{", "{}", "{}}", #"{"image":"a"}"#, #"{"image":"a","maps":[],}"#,
    #"{"image":"a","maps":[,]}"#,
    #"{"image":"a" "maps":[]}"#, #"{"image":"a","maps":[1,]}"#, #"{"image":"a","maps":[],"x":01}"#,
    #"{"image":"a","maps":[],"x":+1}"#, #"{"image":"a","maps":[],"x":1.}"#, #"{"image":"a","maps":[],"x":.5}"#,
    #"{"image":"a","maps":[],"x":NaN}"#, #"{"image":"a","maps":[],"x":"\x"}"#, #"{"image":"a","maps":[],"x":"\u12"}"#,
    #"{"image":"a","maps":[],"x":"\u-123"}"#, #"{"image":"a","maps":[],"x":tru}"#, #"{'image':'a','maps':[]}"#,
  ]

  @Test(arguments: garbage) func `What is no JSON, or no record`(_ line: String) {
    #expect(fault(line) == "is no record")
  }

  @Test func `Bytes that are no text`() {
    let start = Array(#"{"image":"a","maps":[],"x":""#.utf8)
    #expect(fault(start + [0xFF] + Array("\"}".utf8)) == "is no record: it is not UTF-8")
    #expect(fault("{\"image\":\"a\",\"maps\":[],\"x\":\"a\0\"}") == "is no record: x holds the byte 0")
    #expect(fault(Self.sound.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }) == "is no record")
    let name = #"{"image":"a","image_base64":"YQBi","maps":[]}"#
    #expect(fault(name).hasPrefix("is no record: its image has a name with a zero byte"))
  }

  // MARK: - Drawn damage

  /// Tokens that are put where others stood.
  private static let tokens = [
    "-1", "1e400", "1e308", "4611686018427387904", "9223372036854775808", "-9223372036854775808", "0.0000001", "null",
    "true", "[]",
    "{}", "\"\"", "\"\\ud800\"", "[[[[[[[[]]]]]]]]", "\"x\"", "18446744073709551615", "NaN", "\"\\u0000\"",
    "2147483648", "[1,2,3]",
  ]

  /// The sound line with some of its values replaced, or some of its bytes changed.
  private static func damaged(count: Int) -> [[UInt8]] {
    var random = SeededRandom(seed: 15)
    let whole = Array(sound.utf8)
    let starts = whole.indices.filter { $0 > 0 && [0x3A, 0x5B, 0x2C].contains(whole[$0 - 1]) }
    return (0..<count).map { number in
      var line = whole
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        if number % 3 == 0 {
          line[Int.random(in: line.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        } else {
          let start = min(starts.randomElement(using: &random) ?? 0, line.count - 1)
          let token = tokens.randomElement(using: &random) ?? ""
          let end = line[start...].firstIndex { [0x2C, 0x5D, 0x7D].contains($0) } ?? line.endIndex
          line.replaceSubrange(start..<end, with: token.utf8)
        }
      }
      return line
    }
  }

  /// Whatever a line holds, it is a record whose every number can be used and that a browser can read, or is refused with a reason.
  @Test func `Thousands of damaged records`() throws {
    let outcome = Damage.outcome(Self.damaged(count: 2000)) { line in
      let record: Record
      do throws(InputError) { record = try Record(line: line) } catch {
        #expect(error.description.hasPrefix("is no record"))
        throw error
      }
      let json = try encodedJSON(try PageValue(line: line))
      _ = try JSONSerialization.jsonObject(with: Data(json.utf8))
      guard case .explained(let found) = record else { return }
      for map in found.maps { _ = map.digest.values }
      let part = Thumbnail(part: found.shownPart)
      for size in [ImageSize(width: 640, height: 480), ImageSize(width: 1, height: 1)] {
        _ = (part.size(of: size), part.leastSize(of: size))
      }
      _ = try? Preprocessing(recorded: found.preprocess)
      _ = try? ArgumentParser.options(ofRecipe: found.options)
    }
    #expect(outcome.read > 200 && outcome.refused > 200)
  }
}
