public import ModelFormats

/// FullGrad: ψ(x⊙∂y/∂x) + Σ ψ(b⊙∂y/∂f) over all layers with a bias b, where f is what leaves the layer and ψ takes magnitudes, scales a
/// layer to 0…1, enlarges it to the input, and sums its channels. A batch norm's bias is β − μ·γ/σ.
///
/// Srinivas and Fleuret, "Full-Gradient Representation for Neural Network Visualization", 2019 (arXiv 1905.00780). pytorch-grad-cam scales
/// every channel by itself, so that the faintest counts as much as the strongest.
public struct FullGrad: CAMMethod {
  public let name = "fullgrad"
  public let paper = "Srinivas and Fleuret 2019, arXiv 1905.00780"
  public let needs: MethodNeeds = [.gradients, .input, .backwardPasses]
  public let hasSides = false

  public init() {}

  public func check(_ site: MethodSite) throws(InputError) {
    let graph = site.model.graph
    let positions = PositionMap(graph, try site.shapes())
    for (path, _) in graph.biases {
      guard let value = graph.lastCall(path)?.output, positions.shape(of: value).hasPositions else { continue }
      if case .map(let view) = positions.standing(of: value), view.isPlain { continue }
      if case .pooled = positions.standing(of: value) { continue }
      throw InputError(
        .method, "fullgrad enlarges the gradient at every bias, and \(path) is no feature map with its channels first",
        remedy: "inputxgradient")
    }
    guard graph.biases.isEmpty else { return }
    throw InputError(
      .method, "fullgrad sums gradients at biases, and no convolution or batch norm of the model has any",
      remedy: "inputxgradient")
  }

  public func explain(_ evidence: Evidence) throws -> Finding {
    let (height, width) = (evidence.input.shape.h, evidence.input.shape.w)
    let byChannel = evidence.settings.compat == .pytorchGradCAM
    let product = evidence.input.zipped(evidence.gradients) { $0 * $1 }
    var map = product.rescaled(byChannel: byChannel)
    for part in try biasGradients(evidence) {
      let enlarged = part.rescaled(byChannel: byChannel).enlarged(height: height, width: width)
      map.values = zip(map.values, enlarged.values).map { $0 + $1 }
    }
    return Finding(map)
  }

  /// b⊙∂y/∂f for all layers with a bias, as often as they ran.
  private func biasGradients(_ evidence: Evidence) throws -> [Tensor] {
    var parts: [Tensor] = []
    _ = try evidence.network.inputGradients(of: evidence.score, at: evidence.input) { session in
      for (path, bias) in session.graph.biases {
        _ = try session.registerFullBackwardHook(path) { _, _, gradOutputs in
          let gradient = gradOutputs[0]
          guard gradient.shape.isFeatureMap else { return nil }
          parts.append(
            Tensor(gradient.shape) { target in
              for i in 0..<gradient.count { target[i] = gradient.elements[i] * bias[i % bias.count] }
            })
          return nil
        }
      }
    }
    return parts
  }
}

extension Graph {
  /// The modules that add a bias to a feature map, with its values by channel.
  fileprivate var biases: [(path: String, values: [Float])] {
    var found: [(String, [Float])] = []
    var known: Set<Int> = []
    for node in nodes {
      let module = calls[node.call].module
      guard let bias = node.operation.channelBias, known.insert(module).inserted else { continue }
      found.append((modules[module].path, bias.logical()))
    }
    return found
  }
}

extension Tensor {
  /// Magnitudes scaled to 0…1, all channels together or each by itself, and summed over the channels: H × W.
  fileprivate func rescaled(byChannel: Bool) -> Heatmap {
    let magnitudes = stored.map(abs)
    guard magnitudes.allSatisfy(\.isFinite) else { return Heatmap(width: shape.w, height: shape.h) { _ in .nan } }
    let channels = shape.c
    var (least, most) = ([Float](repeating: .infinity, count: channels), [Float](repeating: 0, count: channels))
    for (i, value) in magnitudes.enumerated() {
      least[i % channels] = min(least[i % channels], value)
      most[i % channels] = max(most[i % channels], value)
    }
    if !byChannel {
      least = Array(repeating: least.min() ?? 0, count: channels)
      most = Array(repeating: most.max() ?? 0, count: channels)
    }
    return Heatmap(width: shape.w, height: shape.h) { position in
      (0..<channels).reduce(0) { sum, c in
        let range = most[c] - least[c] + (byChannel ? 1e-7 : 0)
        return range > 0 ? sum + (magnitudes[position * channels + c] - least[c]) / range : sum
      }
    }
  }
}
