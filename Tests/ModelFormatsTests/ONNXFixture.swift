import TestSupport

@testable import ModelFormats

extension Wire {
  /// The model as it is read.
  func read(folder: FilePath? = nil) throws -> ONNXModel { try ONNXModel(FileBytes(copying: bytes), folder: folder) }

  /// What reading the model says.
  func error(folder: FilePath? = nil) -> String? { inputError { _ = try read(folder: folder) }?.description }
}

enum ONNXFixture {
  static let folder = Fixture.folder.parent.appending(FilePath("onnx"))
  static let names = ["attributes", "dynamo", "external", "functions", "legacy", "scoped", "tensors"]

  static func file(_ name: String) throws -> FileBytes {
    try FileBytes(path: folder.appending(FilePath("\(name).onnx")))
  }

  static func model(_ name: String) throws -> ONNXModel { try ONNXModel(file(name), folder: folder) }
}
