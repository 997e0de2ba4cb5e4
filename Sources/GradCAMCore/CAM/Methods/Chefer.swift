public import ModelFormats

/// Generic attention relevance: the class token's row of R, where R is 1 before the first block and R + C·R behind each,
/// C = mean over heads of max(0, A ⊙ ∂y/∂A).
///
/// Chefer, Gur and Wolf, "Generic Attention-model Explainability for Interpreting Bi-Modal and Encoder-Decoder Transformers", 2021
/// (arXiv 2103.15679), the rule for self-attention. Without a class token the rows of all tokens that are read are averaged, and the
/// least of the map is taken away.
public struct Chefer: CAMMethod {
  public let name = "chefer"
  public let paper = "Chefer et al. 2021, arXiv 2103.15679"
  public let needs: MethodNeeds = [.attention, .backwardPasses]
  public let appliesReLU = false
  public let normalization: Normalization? = .minmax

  public init() {}

  public func check(_ site: MethodSite) throws(InputError) { _ = try site.wholeAttentions(for: self) }

  public func explain(_ evidence: Evidence) throws -> Finding {
    try evidence.followingAttention { row, shares, gradient in
      row.propagate { query in
        shares.mean(ofQuery: query, with: gradient) { share, slope in
          let product = share * slope
          return product < 0 ? 0 : product
        }
      }
    }
  }
}
