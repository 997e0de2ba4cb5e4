public import ModelFormats

/// Attention rollout: the class token's row of Π_l N_l, the last block's on the left, where N_l is A_l + 1 with each row divided by its
/// sum and A_l the mean of the heads' softmaxes. It knows no class.
///
/// Abnar and Zuidema, "Quantifying Attention Flow in Transformers", 2020 (arXiv 2005.00928). The maximum or the minimum of the heads,
/// and leaving out a share of the least attentions, are those of Gildenblat's vit-explain, which divides columns by the rows' sums
/// (the same where heads are averaged and nothing is left out) and keeps the first element of all. Without a class token the rows of
/// all tokens that are read are averaged, and the least of the map is taken away: each of them has a share of itself.
public struct Rollout: CAMMethod {
  public let name = "rollout"
  public let paper = "Abnar and Zuidema 2020, arXiv 2005.00928"
  public let needs: MethodNeeds = .attention
  public let appliesReLU = false
  public let normalization: Normalization? = .minmax

  public init() {}

  public func check(_ site: MethodSite) throws(InputError) { _ = try site.wholeAttentions(for: self) }

  public func explain(_ evidence: Evidence) throws -> Finding {
    let probe = evidence.attentionProbe
    var row = TokenRow(probe.attentions)
    for index in probe.attentions.sites.indices.reversed() {
      let matrix = TokenRow.withoutLeast(try probe.fusedShares(index), evidence.settings.discardRatio)
      let width = row.values.count
      row.roll { query in matrix[query * width..<(query + 1) * width].map(Double.init) }
    }
    return Finding(row.map)
  }
}
