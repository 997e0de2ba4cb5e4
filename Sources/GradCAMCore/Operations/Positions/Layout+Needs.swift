// What operations that pick tokens, or sum over them, need of their inputs.

extension Layout {
  /// The needs of this value where only some of its tokens are used, in runs along the axis of tokens.
  func needs(_ needs: TokenNeeds, ofTokens range: Range<Int>) -> TokenNeeds {
    guard let axis = tokenAxis else { return needs }
    var (result, start) = (needs.intersection(.partly), 0)
    let used = axes[axis].parts.filter { part in
      let own = start..<start + part.size
      start = own.upperBound
      return own.overlaps(range)
    }
    // What is one part alone is needed as a whole.
    let hasBoth = used.count > 1
    for part in used {
      if !part.holdsPositions {
        if !hasBoth || needs.contains(.special) { result.insert(.special) }
      } else if !hasBoth || needs.needsPicture {
        result.formUnion(needs.needsPickedAlone ? .picked : needs.everywhere.subtracting(.special))
      }
    }
    return result
  }

  /// The needs of a product's factors; see `product`.
  static func needsOfProduct(
    _ needs: TokenNeeds, _ first: Layout?, _ second: Layout?, kept: (first: Int, second: Int) = (-2, -1)
  ) -> [TokenNeeds] {
    let rows = first.map { $0.axes[$0.axes.count + kept.first] }
    // What both have positions of is a sum that weights, which are made of the picture themselves, share out.
    func asked(_ factor: Layout?, kept: Int, isAsked: Bool) -> TokenNeeds {
      guard let factor else { return [] }
      let summed = factor.axes[factor.axes.count + (kept == -1 ? -2 : -1)]
      let isKey = !isAsked && factor.axes[factor.axes.count + kept].holdsPositions
      if summed.holdsPositions || isKey { return first != nil && second != nil ? needs.asAttended : needs.everywhere }
      return needs.ofAllFeatures
    }
    return [
      asked(first, kept: kept.first, isAsked: true),
      asked(second, kept: kept.second, isAsked: !(rows?.holdsPositions ?? false)),
    ]
  }
}
