import Glibc
import GradCAMCore
import ModelFormats

/// The bytes of one run, in memory of their own so that reading past their end is seen.
func input(_ data: UnsafePointer<UInt8>?, _ count: Int) -> FileBytes {
  FileBytes(copying: Array(UnsafeBufferPointer(start: data, count: count)))
}

/// Asks everything that can be asked of a model, and explains an image with it if that takes no more than moments.
func exercise(_ model: Model) {
  guard let modules = try? model.graph.summaries(for: model.inputShape) else { return }
  _ = (model.parameterCount, model.classNames)
  var (work, size) = (0.0, Double(model.inputShape.count))
  for module in modules {
    work += Double(module.multiplyAdds)
    size += module.outputShape.dimensions.reduce(1) { $0 * Double($1) }
  }
  guard work < 1e7, size < 1e6 else { return }
  let image = Image(width: 9, height: 7, filledWith: [200, 30, 90])
  for layer in modules.prefix(1).map({ [$0.path] }) + [[]] {
    var options = Explainer.Options()
    options.layers = layer
    _ = try? Explainer(model, options).explain(image)
  }
}

/// Writes a file that was made of a run's bytes to the path in GRADCAM_FUZZ_KEEP, if there is one: the find to keep.
func keep(_ bytes: [UInt8]) {
  guard let path = getenv("GRADCAM_FUZZ_KEEP"), let file = fopen(path, "w") else { return }
  fwrite(bytes, 1, bytes.count, file)
  fclose(file)
}
