extension Evidence {
  /// A map of what counts for the tokens that are read, with the gradient at every attention, from the last to the first.
  func followingAttention(
    _ step: @escaping (_ row: inout TokenRow, _ shares: AttentionShares, _ gradient: AttentionShares) -> Void
  ) throws -> Finding {
    let probe = attentionProbe
    let shares = try probe.attentions.sites.indices.map { index in try probe.shares(index) }
    var (row, seesGradient) = (TokenRow(probe.attentions), false)
    try probe.backward(score) { index, gradient in
      seesGradient = seesGradient || !gradient.isZero
      step(&row, shares[index], gradient)
    }
    return finding(row.map, seesGradient: seesGradient)
  }

  /// A map of positive gradients at attentions, and why it is zero where it is.
  ///
  /// - Parameter seesGradient: whether any of the gradients, positive or not, is other than 0.
  func finding(_ map: Heatmap, seesGradient: Bool) -> Finding {
    var finding = Finding(positive: map)
    if !seesGradient { finding.verdict = indifference }
    return finding
  }
}
