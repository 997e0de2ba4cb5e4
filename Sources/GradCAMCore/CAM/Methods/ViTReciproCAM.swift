public import ModelFormats

/// ViT-ReciproCAM: at each place the score of the network with the layer's tokens masked by a Gaussian of 3 × 3 places around it,
/// special tokens kept, less the least of these scores.
///
/// Byun and Lee, "ViT-ReciproCAM: Gradient and Attention-Free Visual Explanations for Vision Transformer", 2023 (arXiv 2310.02588). The
/// mask is 1/16 of 1 2 1, 2 4 2, 1 2 1, cut off at the picture's edge; the network goes on from the layer, in batches, beside
/// what passes the layer by.
public struct ViTReciproCAM: CAMMethod {
  public let name = "vitreciprocam"
  public let paper = "Byun and Lee 2023, arXiv 2310.02588"
  public let needs: MethodNeeds = .forwardPasses
  public let appliesReLU = false

  public init() {}

  public func check(_ site: MethodSite) throws(InputError) {
    let positions = try site.model.positions(for: site.model.inputShape)
    for layer in site.layers where try site.model.view(of: layer, positions).isPlain {
      let hasTokens = !Attentions(site.model.graph, positions).sites.isEmpty
      throw InputError(
        .method, "vitreciprocam masks tokens, and \(site.model.graph.canonicalPath(layer)) is a feature map",
        remedy: hasTokens ? "reciprocam, or \(.layer) with a layer of tokens" : "reciprocam")
    }
  }

  public func explain(_ evidence: Evidence) throws -> Finding {
    let shape = evidence.activations.shape
    let (rows, columns, features) = (shape.h, shape.w, shape.c)
    let source = evidence.activations.stored
    let outputs = try evidence.once(name) {
      try evidence.perturbed(name, count: rows * columns, isAtInput: false) { position, target in
        let (y, x) = position.quotientAndRemainder(dividingBy: columns)
        target.update(repeating: 0, count: source.count)
        for row in max(y - 1, 0)...min(y + 1, rows - 1) {
          for column in max(x - 1, 0)...min(x + 1, columns - 1) {
            let weight = Float(4 >> (abs(row - y) + abs(column - x))) / 16
            let start = (row * columns + column) * features
            for i in start..<start + features { target[i] = weight * source[i] }
          }
        }
      }
    }
    let scores = evidence.score.values(of: outputs)
    let least = scores.min() ?? 0
    var finding = Finding(Heatmap(width: columns, height: rows, values: scores.map { $0 - least }))
    finding.verdict = evidence.verdict(ofScores: scores, isVaried: !evidence.activations.isFlat)
    return finding
  }
}
