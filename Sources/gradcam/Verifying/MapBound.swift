import GradCAMCore

/// How far a map may be from the recorded one on another kind of processor.
struct MapBound {
  /// Named where it is known.
  let method: String?
  let tolerance: ProcessorTolerance
  /// What the scaled map's 1 is, as a share of the strongest evidence of either sign.
  ///
  /// A ReLU cuts off what speaks against the class, and scaling makes 1 of what is left. Where that is next to nothing, rounding of
  /// the strong evidence that was cut off is large beside it.
  let unit: Float

  /// That of a map of which nothing else is known.
  init(method: String? = nil, tolerance: ProcessorTolerance = .steady, unit: Float = 1) {
    (self.method, self.tolerance, self.unit) = (method, tolerance, unit)
  }

  init(_ map: ExplanationMap, recorded: MapRecord, _ setup: Explainer.Setup) {
    let shares = [map.positiveShare, recorded.positiveShare ?? 0].filter(\.isFinite)
    self.init(
      method: map.method.name, tolerance: setup.acrossProcessors(map.method, at: map.layer),
      unit: map.isSigned ? 1 : shares.max() ?? 1)
  }

  /// Whether `new` is close enough to `old`, and words that say how close it is and how close it should be.
  func compare(_ new: [Float], _ old: [Float]) -> (isWithin: Bool, distance: String, bound: String) {
    let differences = zip(new, old).map { abs($0 - $1) }
    let largest = unit * Self.share(differences.max() ?? 0, of: { $0.map(abs).max() ?? 0 }, new, old)
    let subject = method.map { "\($0): " } ?? ""
    guard let bound = tolerance.mean else {
      return (
        largest <= tolerance.largest, "by \(largest) of its largest magnitude", "\(subject)within \(tolerance.largest)"
      )
    }
    let mean = unit * Self.share(Self.sum(differences), of: Self.sum, new, old)
    return (
      largest <= tolerance.largest && mean <= bound,
      "by \(largest) of its largest magnitude and \(mean) of its mean one",
      "\(subject)within \(tolerance.largest) and \(bound)"
    )
  }

  private static func sum(_ values: [Float]) -> Float { Float(values.reduce(0.0) { $0 + Double(abs($1)) }) }

  /// A part of the larger of two maps' measures; 0 where both maps are zero.
  private static func share(_ part: Float, of measure: ([Float]) -> Float, _ new: [Float], _ old: [Float]) -> Float {
    let whole = max(measure(new), measure(old))
    return whole > 0 ? part / whole : 0
  }
}
