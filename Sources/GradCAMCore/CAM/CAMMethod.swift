public import ModelFormats

/// What hooks saw at one layer for one score: all that a class-activation method works from.
public struct LayerEvidence: Sendable {
  /// What left the layer: 1 C H W.
  public let activations: Tensor
  /// The score's gradient there: 1 C H W.
  public let gradients: Tensor
}

/// A class-activation method: from the evidence at a layer to a map.
///
/// A method of one's own is a small type that conforms; `Explainer` takes it like those that are built in.
public protocol CAMMethod: Sendable {
  /// How `--method` and records call it.
  var name: String { get }
  /// What it needs beside one forward pass.
  var needs: String { get }
  /// Where it was published.
  var paper: String { get }

  /// Whether the paper keeps positive evidence only.
  var appliesReLU: Bool { get }

  /// The paper's map before any ReLU or scaling: H × W.
  func map(_ evidence: LayerEvidence) -> Heatmap
}

/// The methods that are built in.
public enum CAMMethods {
  public static let all: [any CAMMethod] = [GradCAM()]

  /// The method that `--method` calls `name`.
  ///
  /// - Throws: `InputError` about `--method` that names the nearest.
  public static func named(_ name: String) throws(InputError) -> any CAMMethod {
    if let method = all.first(where: { $0.name == name }) { return method }
    let near = nearest(to: name, among: all.map(\.name))
    throw InputError("--method", "there is no method '\(name)'", remedy: near.map { "did you mean \($0)?" })
  }
}
