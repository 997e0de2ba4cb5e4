import FoundationEssentials
import ModelFormats

@testable import GradCAMCore
@testable import gradcam

/// What somebody may type: the first byte chooses of which kind, and the rest is an option's value or a command line, an
/// argument a line. One kind at a time: a refusal looks for the nearest word, which takes its time.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let data, count > 0 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: data + 1, count: count - 1))
  let text = String(decoding: bytes, as: UTF8.self)
  // The digits from 0 on.
  switch data[0] % 6 {
  case 0: checkPreprocessing(text)
  case 1: checkTarget(text)
  case 2: checkShard(bytes)
  case 3: checkLayer(text)
  case 4: checkArguments(bytes)
  default: checkValues(bytes, text)
  }
  return 0
}

private func checkValues(_ bytes: [UInt8], _ text: String) {
  if let spec = try? ArchitectureSpec(parsing: text) {
    precondition((try? ArchitectureSpec(parsing: spec.description)) == spec, "an architecture that reads differently")
  }
  _ = try? ValueReader.list(bytes)
  _ = try? ValueReader.methods(bytes)
  _ = try? ValueReader.colorMap(bytes)
  _ = try? ValueReader.seed(bytes)
  if let shape = try? ValueReader.shape(bytes) {
    let again = try? ValueReader.shape(Array("\(shape.channels)x\(shape.height)x\(shape.width)".utf8))
    precondition(again.map { $0 == shape } ?? false, "a shape that reads differently")
  }
  if let number = try? ValueReader.number("a number", where: { $0 > 0 })(bytes) { precondition(number > 0) }
  if let number = try? ValueReader.float("a number")(bytes) { precondition(number > 0 && number.isFinite) }
}

private func checkPreprocessing(_ text: String) {
  for read in [try? Preprocessing(parsing: text), try? Preprocessing(recorded: text)].compactMap({ $0 }) {
    precondition(read.problem == nil)
    let again = try? Preprocessing(parsing: read.description)
    precondition(again?.description == read.description, "preprocessing that reads differently")
    let recorded = try? Preprocessing(recorded: read.recorded)
    precondition(recorded?.recorded == read.recorded, "preprocessing that is recorded differently")
    if let json = try? encodedJSON(read) {
      let decoded = try? JSONDecoder().decode(Preprocessing.self, from: Data(json.utf8))
      precondition(decoded?.description == read.description, "preprocessing whose JSON reads differently")
    }
    for (channels, size) in [(3, 32), (1, 224)] { _ = try? read.resolved(inputSize: (size, size), channels: channels) }
    _ = try? read.resolved(inputSize: nil, channels: 3)
  }
  guard let change = try? PreprocessingChange(parsing: text) else { return }
  for (_, preset) in Preprocessing.presets { _ = try? change.applied(to: preset, size: (48, 64)) }
}

private func checkTarget(_ text: String) {
  let target = Target(parsing: text)
  precondition(Target(parsing: target.description) == target, "a target that reads differently")
  for (labels, count) in [([], 1), (["a", "b", "17"], 3), (["a", "a"], 2)] as [([String], Int)] {
    guard (try? target.check(labels: labels, outputCount: count)) != nil else { continue }
    let index = target.fixedIndex(labels: labels, outputCount: count)
    precondition(index.map { (0..<max(count, 2)).contains($0) } ?? true, "a class that the model does not have")
  }
}

private func checkShard(_ bytes: [UInt8]) {
  guard let shard = try? Shard(bytes), shard.count <= 64 else { return }
  let path = FilePath(bytes: bytes)
  let owners = (1...shard.count).filter { number in
    (try? Shard(Array("\(number)/\(shard.count)".utf8)))?.contains(path) ?? false
  }
  precondition(owners.count == 1, "an image in no part, or in several")
}

private func checkLayer(_ text: String) {
  guard let path = try? layers.resolveOption(text) else { return }
  precondition(layers.moduleIndex(path) != nil, "a layer that is no module")
  precondition((try? layers.resolveOption(path)) == path, "a layer that reads differently")
  let canonical = layers.canonicalPath(path)
  precondition(layers.canonicalPath(canonical) == canonical, "a layer with two spellings")
}

private let layers: Graph = {
  let builder = GraphBuilder(kind: "Net")
  var value = builder.input
  for name in ["features", "layer4"] {
    value = builder.module(name, kind: "Sequential", value) { input in
      (0..<3).reduce(input) { value, place in
        builder.module("\(place)", kind: "Block", value) { input in
          builder.add(ReLU(), builder.add(ReLU(), input, as: "conv2"), as: "relu")
        }
      }
    }
  }
  return builder.graph(output: value)
}()

/// A command line, and what a record keeps of it.
private func checkArguments(_ bytes: [UInt8]) {
  let tokens = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
  guard let invocation = try? ArgumentParser.parse(tokens) else { return }
  guard case .command(let command, let options) = invocation, command.name == "explain" else { return }
  _ = try? command.action.init(command, options)
  precondition((try? ArgumentParser.options(ofRecipe: options.recipe)) != nil, "a recipe that is none")
}
