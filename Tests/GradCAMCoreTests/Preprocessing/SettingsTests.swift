import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Settings that lie beside published models, and what transformers and timm make of pictures by them.
@Suite struct SettingsTests {
  private static let answers = try? Fixture("folders/settings")
  private static let cases = answers?.metadata.keys.sorted() ?? []
  private static let pictures = ["wide", "tall", "square", "small"]

  private static func configuration(_ name: String) throws -> ModelConfiguration {
    let text = try #require(answers?.metadata[name])
    let value = try #require(PlainValue(parsing: text))
    return ModelConfiguration(model: value["config"]?.table ?? [:], processor: value["processor"]?.table)
  }

  @Test(arguments: cases) func `Pictures are prepared to the pixel as the settings' library does it`(
    _ name: String
  ) throws {
    let fixture = try #require(Self.answers)
    let said = try #require(try Remarks.configuration(try Self.configuration(name)))
    let preprocessor = try said.preprocessing.resolved(inputSize: nil, channels: 3)
    for picture in Self.pictures {
      let source = try fixture.tensor("picture/\(picture)")
      let (height, width) = (source.shape[0], source.shape[1])
      let image = Image(
        width: width, height: height, channels: 3, samples: source.logical().map { UInt8($0) })
      let found = try preprocessor.apply(to: image).tensor
      let answer = try #require(fixture.names.first { $0.hasPrefix("\(name)/\(picture)/") })
      let step = try #require(answer.split(separator: "/").last.flatMap { Int($0) })
      let wanted = try fixture.tensor(answer)
      let (rows, columns) = (wanted.shape[1], wanted.shape[2])
      #expect((found.shape[2] + step - 1) / step == rows && (found.shape[3] + step - 1) / step == columns)
      let (seen, numbers) = (found.logical(), wanted.logical())
      // A level is 1/255 of the deviation or more; rounding is far below.
      let bound = 1e-4 * max(1, numbers.map(abs).max() ?? 1) / 10
      var worst: Float = 0
      for channel in 0..<3 {
        for row in 0..<rows {
          for column in 0..<columns {
            let place = (channel * found.shape[2] + row * step) * found.shape[3] + column * step
            worst = max(worst, abs(seen[place] - numbers[(channel * rows + row) * columns + column]))
          }
        }
      }
      #expect(worst <= bound, "\(picture): \(worst)")
    }
  }

  @Test func `Surpluses of three modulo four tell the two roundings of crops apart`() throws {
    let starts = try [0, 1, 2, 3].map { surplus in
      try ["even", "down"].map { rounding in
        let side = 8 + surplus
        let image = Image(width: side, height: side, channels: 1, samples: (0..<side * side).map { UInt8($0 % side) })
        let preprocessor = try Preprocessing(parsing: "raw,resize=none,crop=8,crop-rounding=\(rounding)").resolved(
          inputSize: (8, 8), channels: 1)
        return try preprocessor.apply(to: image).tensor.logical()[0]
      }
    }
    #expect(starts == [[0, 0], [0, 0], [1, 1], [2, 1]])
  }

  /// What makes no sense, and what is said of it.
  private static let odd: [(processor: String, line: String)] = [
    (
      #"{"image_processor_type": "ViTImageProcessor", "size": {"height": 0, "width": 9}}"#,
      "the file's size is no size of an image"
    ),
    (#"{"size": {"shortest_edge": 9, "longest_edge": 20}}"#, "the file's size is no size of an image"),
    (#"{"size": 1e30}"#, "the file's size is no size of an image"),
    (
      #"{"image_processor_type": "ConvNextImageProcessor", "size": {"height": 9, "width": 9}}"#,
      "the file's crop_pct is no share of a size"
    ),
    (
      #"{"image_processor_type": "ConvNextImageProcessor", "crop_pct": 0}"#, "the file's crop_pct is no share of a size"
    ),
    (#"{"size": 9, "do_center_crop": true, "crop_size": "x"}"#, "the file's crop_size is no size of an image"),
    (#"{"size": 9, "resample": 9}"#, "the file's resample is no way to resize that is known"),
    (
      #"{"image_processor_type": "PerceiverImageProcessor"}"#,
      "the file's settings are of PerceiverImageProcessor, which does what gradcam does not"
    ),
  ]

  @Test(arguments: odd.indices) func `Settings that make no sense are named`(_ index: Int) throws {
    let (processor, line) = Self.odd[index]
    let fields = try #require(PlainValue(parsing: processor)?.table)
    let error = try inputError { _ = try Remarks.transformers(fields, family: nil) }
    #expect(error.description == line)
  }

  @Test func `What transformers calls classes without names names none`() throws {
    func labels(_ text: String) throws -> [String]? {
      try Remarks.labels(ModelConfiguration(model: try #require(PlainValue(parsing: text)?.table)))
    }
    #expect(try labels(#"{"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}"#) == nil)
    #expect(try labels(#"{"id2label": {"1": "dog", "0": "cat"}}"#) == ["cat", "dog"])
    #expect(try labels(#"{"label_names": ["a", "b"], "label_descriptions": {"a": "cat"}}"#) == ["cat", "b"])
    #expect(try labels(#"{"architecture": "x", "pretrained_cfg": {"labels": ["a", "b"]}}"#) == ["a", "b"])
    #expect(throws: InputError.self) { try labels(#"{"id2label": {"0": "cat", "7": "dog"}}"#) }
  }
}
