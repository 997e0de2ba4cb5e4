import Foundation
import GradCAMCore
import ModelFormats
import Testing

/// The pictures and answers in Tests/Fixtures/images, made by `Scripts/make_fixtures images`.
enum ImageFixtures {
  struct Answer {
    let shape: [Int]
    let bytes: [UInt8]

    var floats: [Float] {
      bytes.withUnsafeBytes { raw in
        stride(from: 0, to: raw.count, by: 4).map { raw.loadUnaligned(fromByteOffset: $0, as: Float.self) }
      }
    }

    /// The answer as a picture: height width channels.
    var image: Image { Image(width: shape[1], height: shape[0], channels: shape[2], samples: bytes) }
    /// The answer as a map: height width.
    var heatmap: Heatmap { Heatmap(width: shape[1], height: shape[0], values: floats) }
  }

  static let answers: [String: Answer] = read("images/expected.safetensors")

  /// What a release of Pillow makes of the pictures in Tests/Fixtures/resizing.
  static let resizings: [PillowRelease: [String: Answer]] = Dictionary(
    uniqueKeysWithValues: PillowRelease.allCases.map { ($0, read("resizing/pillow-\($0.rawValue).safetensors")) })

  /// What pydicom makes of the files in Tests/Fixtures/dicom, and Pillow of those in Tests/Fixtures/bitmaps.
  static let dicom: [String: Answer] = read("dicom/expected.safetensors")
  static let bitmaps: [String: Answer] = read("bitmaps/expected.safetensors")

  static func bytes(_ name: String, in folder: String) throws -> [UInt8] {
    let file = try FileBytes(path: FilePath(path(name, in: "\(folder)/")))
    return withExtendedLifetime(file) { Array(file.bytes) }
  }

  /// The names of the answers that begin with `prefix`, without it.
  static func names(_ prefix: String) -> [String] {
    answers.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }.sorted()
  }

  static func answer(_ name: String) throws -> Answer { try #require(answers[name]) }

  /// What a resized picture's name says: its source, the kernel and its size.
  static func parts(_ name: String) throws -> (file: String, kernel: Interpolation, width: Int, height: Int) {
    let parts = name.split(separator: "/").map(String.init)
    let sides = try #require(parts.last).split(separator: "x").compactMap { Int($0) }
    return (parts[0], try #require(Interpolation(rawValue: parts[parts.count - 2])), sides[0], sides[1])
  }

  static func file(_ name: String) throws -> FileBytes { try FileBytes(path: FilePath(path(name))) }

  static func bytes(_ name: String) throws -> [UInt8] {
    let file = try file(name)
    return withExtendedLifetime(file) { Array(file.bytes) }
  }

  static func image(_ name: String) throws -> Image { try ImageDecoder.decode(file(name)).image }

  private static func path(_ name: String, in folder: String = "images/") -> String {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    return tests.appendingPathComponent("Fixtures/\(folder)\(name)").standardizedFileURL.path
  }

  private static func read(_ file: String) -> [String: Answer] {
    guard let data = FileManager.default.contents(atPath: path(file, in: "")) else { return [:] }
    let start = 8 + data.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
    let header = try? JSONSerialization.jsonObject(with: data[8..<start]) as? [String: [String: Any]]
    return (header ?? [:]).mapValues { entry in
      let offsets = entry["data_offsets"] as? [Int] ?? [0, 0]
      return Answer(shape: entry["shape"] as? [Int] ?? [], bytes: Array(data[start + offsets[0]..<start + offsets[1]]))
    }
  }
}

/// The error that `body` throws, which must be an `InputError`.
func inputError(_ body: () throws -> Void) throws -> InputError {
  try #require(throws: InputError.self, performing: body)
}
