public import ModelFormats

/// Gradient attention rollout: as `Rollout`, with max(0, mean over heads of A ⊙ ∂y/∂A) in the place of A.
///
/// Gildenblat's vit-explain (github.com/jacobgil/vit-explain), which pairs the first block's attention with the last block's gradient
/// and so on, divides columns by the rows' sums, and leaves nine tenths out unless told otherwise. Here each attention has its own
/// gradient, rows sum to 1, and nothing is left out unless that is asked for.
public struct GradRollout: CAMMethod {
  public let name = "gradrollout"
  public let paper = "Gildenblat 2020, github.com/jacobgil/vit-explain"
  public let needs: MethodNeeds = [.attention, .backwardPasses]
  public let appliesReLU = false
  public let normalization: Normalization? = .minmax

  public init() {}

  public func check(_ site: MethodSite) throws(InputError) { _ = try site.wholeAttentions(for: self) }

  public func explain(_ evidence: Evidence) throws -> Finding {
    let width = TokenRow(evidence.attentionProbe.attentions).values.count
    return try evidence.followingAttention { row, shares, gradient in
      func mean(_ query: Int) -> [Double] {
        shares.mean(ofQuery: query, with: gradient) { $0 * $1 }.map { $0 < 0 ? 0 : $0 }
      }
      guard let ratio = evidence.settings.discardRatio, ratio > 0 else { return row.roll(mean) }
      let matrix = TokenRow.withoutLeast((0..<width).flatMap { mean($0).map { Float($0) } }, ratio)
      row.roll { query in matrix[query * width..<(query + 1) * width].map(Double.init) }
    }
  }
}
