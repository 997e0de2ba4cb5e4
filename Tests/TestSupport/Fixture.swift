public import GradCAMCore
public import ModelFormats

/// A safetensors file among the tests' fixtures. `Scripts/make_fixtures` writes those of operations, graphs and
/// architectures from PyTorch.
public struct Fixture: Sendable {
  private let records: [String: TensorRecord]
  /// The strings beside the tensors.
  public let metadata: [String: String]

  /// - Parameter name: below `Tests/Fixtures`, without the extension.
  public init(_ name: String) throws {
    try self.init(path: Fixture.folder.appending(FilePath("\(name).safetensors")))
  }

  public init(path: FilePath) throws {
    let file = try SafetensorsFile(FileBytes(path: path))
    records = Dictionary(file.tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    metadata = file.metadata
  }

  public var names: [String] { records.keys.sorted() }

  /// The tensor called `name`.
  public func tensor(_ name: String) throws -> Tensor {
    guard let record = records[name] else { throw InputError("", "the fixture has no tensor \(name)") }
    return Tensor(record.floats(), Shape(record.shape))
  }

  /// `Tests/Fixtures`.
  public static let folder = repository.appending(FilePath("Tests/Fixtures"))

  /// The package's own folder.
  public static let repository = FilePath(#filePath).parent.parent.parent

  /// The larger reference data, which stands beside the repository on some machines; nil elsewhere.
  public static let reference: FilePath? = {
    let path = repository.parent.appending(FilePath("shared/reference"))
    return (try? FileBytes(path: path.appending(FilePath("README.md")))).map { _ in path }
  }()
}
