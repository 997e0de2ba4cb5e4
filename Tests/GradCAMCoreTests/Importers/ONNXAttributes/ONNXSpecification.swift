import FoundationEssentials
import ModelFormats
import TestSupport

/// What ONNX's specification says of operators' attributes, as `Scripts/make_fixtures operations` takes it from the onnx package.
struct ONNXSpecification: Decodable {
  /// The operators' attributes since a version of the operator set.
  struct Version: Decodable {
    var since: Int
    var attributes: [String: Attribute]
  }

  struct Attribute: Decodable {
    var type: String
    private var required: Bool?
    /// The default, under its type's name.
    private var int: Int?
    private var float: Float?
    private var string: String?

    var isRequired: Bool { required ?? false }

    var value: ONNXAttribute? {
      int.map { .int($0) } ?? float.map { .float($0) } ?? string.map { .string($0) }
    }

    private enum CodingKeys: String, CodingKey {
      case type, int, float, string
      case required = "isRequired"
    }
  }

  /// The newest operator set that it knows.
  var newest: Int
  /// By operator, oldest first.
  var operators: [String: [Version]]

  static func read() throws -> ONNXSpecification {
    let path = Fixture.folder.appending(FilePath("operations/onnx-attributes.json"))
    let file = try FileBytes(path: path)
    let data = withExtendedLifetime(file) { Data(file.region.bytes) }
    return try JSONDecoder().decode(ONNXSpecification.self, from: data)
  }
}
