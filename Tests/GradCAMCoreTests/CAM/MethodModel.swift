import ModelFormats
import TestSupport

@testable import GradCAMCore

/// A model with made-up weights (see `SyntheticWeights`) and the input that fixtures were computed with.
struct MethodModel {
  let model: Model
  let input: Tensor
  let target: Int

  /// - Parameter name: `cifar`, `squeezenet1_0`, `vgg11`, `alexnet` or `xray-nf2`, as fixtures of architectures are called.
  init(_ name: String) throws {
    let (shape, target) = Self.inputs[name] ?? ([1, 3, 256, 256], 1)
    let records = try Fixture("architectures/\(name)").parameters.map { parameter in
      let values = SyntheticWeights.values(parameter.name, parameter.shape)
      return (parameter, FileBytes(copying: values.withUnsafeBytes { Array($0) }))
    }
    let tensors = records.map { parameter, bytes in
      (name: parameter.name, type: ElementType.float32, shape: parameter.shape, bytes: bytes.bytes)
    }
    let file = FileBytes(copying: try SafetensorsWriter.encode(tensors: tensors, metadata: [:]))
    withExtendedLifetime(records) {}
    var overrides = Model.Overrides()
    overrides.inputShape = (shape[1], shape[2], shape[3])
    overrides.preprocessing = "resize=\(shape[2])x\(shape[3]),crop=\(shape[2])x\(shape[3]),mean=0,std=1"
    model = try Model.load(file, overrides)
    input = Tensor(SyntheticWeights.values("input", shape), Shape(shape))
    self.target = target
  }

  init(_ model: Model, input: Tensor, target: Int) { (self.model, self.input, self.target) = (model, input, target) }

  private static let inputs: [String: ([Int], Int)] = [
    "cifar": ([1, 3, 20, 28], 3), "squeezenet1_0": ([1, 3, 70, 61], 2), "vgg11": ([1, 3, 64, 96], 4),
    "alexnet": ([1, 3, 127, 90], 3), "densenet": ([1, 3, 70, 64], 2), "resnet18": ([1, 3, 64, 48], 2),
    "resnet50": ([1, 3, 40, 17], 2), "mobilenet_v2": ([1, 3, 64, 70], 3),
  ]

  /// The maps of the fixtures' class, or what `change` asks for.
  func explain(
    _ methods: [String], layers: [String] = [], threads: Int = 2, _ change: (inout Explainer.Options) -> Void = { _ in }
  ) throws -> [ExplanationMap] {
    var options = Explainer.Options()
    options.methods = try methods.map(CAMMethods.named)
    options.layers = layers
    options.targets = [.index(target)]
    options.settings.seed = 7
    change(&options)
    return try explain(options, threads: threads)
  }

  func explain(
    _ options: Explainer.Options, threads: Int = 2, progress: ((String, Int, Int) -> Void)? = nil
  ) throws -> [ExplanationMap] {
    let explainer = try Explainer(model, options, threads: threads)
    explainer.progress = progress
    let (height, width) = (input.shape.h, input.shape.w)
    let crop = Image(width: width, height: height, filledWith: [0, 0, 0])
    let prepared = PreprocessedImage(crop: crop, tensor: input, geometry: .whole(of: crop))
    return try explainer.explain(prepared, of: crop).maps
  }
}

extension ExplanationMap {
  /// What fixtures hold of an input attribution: by channel where there are channels, every third row and column.
  var thinned: [Float] {
    let (shape, values) =
      attributions.map { ($0.shape, $0.logical()) } ?? (Shape(1, 1, raw.height, raw.width), raw.values)
    return (0..<shape.c).flatMap { c in
      stride(from: 0, to: shape.h, by: 3).flatMap { y in
        stride(from: 0, to: shape.w, by: 3).map { x in values[(c * shape.h + y) * shape.w + x] }
      }
    }
  }
}

extension CAMMethods {
  /// The methods that explain convolutional networks: those of attention and of tokens refuse them.
  static let ofFeatureMaps = all.filter { !$0.needs.contains(.attention) && $0.name != "vitreciprocam" }
}
