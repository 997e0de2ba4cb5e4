import ModelFormats

@testable import GradCAMCore
@testable import gradcam

/// The files beside a model: settings of a processor, settings of a model, an index of weights, and labels, with a NUL between them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let parts = UnsafeBufferPointer(start: data, count: count).split(
    separator: 0, maxSplits: 3, omittingEmptySubsequences: false)
  let files = parts.map { FileBytes(copying: Array($0)) }
  let tables = files.map { file in
    JSONFile.table(file).map { Dictionary($0.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }) }
  }
  checkSettings(ModelConfiguration(model: tables.dropFirst().first.flatMap { $0 } ?? [:], processor: tables[0]))
  for file in files { checkIndex(file) }
  for file in files { checkLabels(file) }
  return 0
}

private func checkSettings(_ configuration: ModelConfiguration) {
  let remarks = Remarks([:], configuration)
  precondition(remarks.labels?.contains("") != true, "a class without a name")
  precondition(remarks.complaints.allSatisfy { "\($0)".utf8.count < 1000 }, "a line without end")
  guard let preprocessing = remarks.said?.preprocessing, preprocessing.problem == nil else { return }
  let again = try? Preprocessing(parsing: preprocessing.description)
  // Three channels of one value are written as one.
  precondition(again?.description == preprocessing.description, "settings that change when they are read again")
  guard let preprocessor = try? preprocessing.resolved(inputSize: nil, channels: preprocessing.channels?.count ?? 3),
    let size = preprocessing.fixedSize, size.height * size.width <= 4096
  else { return }
  let image = Image(width: 9, height: 7, filledWith: [200, 30, 90])
  guard let result = try? preprocessor.apply(to: image) else { return }
  precondition(result.tensor.shape.count == 3 * size.height * size.width, "a picture of another size")
}

private func checkIndex(_ file: FileBytes) {
  guard let index = try? ShardIndex(file) else { return }
  precondition(!index.files.isEmpty && Set(index.files).count == index.files.count, "an index of no files")
  precondition(!index.files.contains { $0.contains("/") || $0 == ".." }, "a file elsewhere")
}

private func checkLabels(_ file: FileBytes) {
  guard let labels = try? LabelFile.labels(file) else { return }
  precondition(!labels.contains(""), "a class without a name")
}
