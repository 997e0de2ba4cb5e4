public import ModelFormats

/// The metrics that are built in.
public enum Metrics {
  /// Faithfulness, then localisation, then sanity.
  public static let all: [any Metric] = faithfulness + localisation + sanity

  /// Whether the map tells what the model goes by.
  public static let faithfulness: [any Metric] =
    usualFaithfulness + [
      ROADMostRelevantFirst(), ROADLeastRelevantFirst(), ROADCombined(), ARCC(), SensitivityN(), Infidelity(),
    ]
  /// Those that take few passes.
  private static let usualFaithfulness: [any Metric] = [
    Insertion(), Deletion(), AverageDrop(), Increase(), AverageGain(), Coherency(), Complexity(), ADCC(),
  ]
  /// Whether the map lies where the class is.
  public static let localisation: [any Metric] = [
    PointingGame(), HitRate(), EnergyInside(), IntersectionOverUnion(), BestIntersectionOverUnion(), RankAccuracy(),
    PixelAUROC(), PixelAveragePrecision(),
  ]
  /// Whether the map depends on the model and the class at all, and little on what should not matter.
  public static let sanity: [any Metric] = [
    Randomization(), RandomizationSimilarity(), TargetRandomization(), Agreement(), NoiseStability(), ShiftStability(),
  ]

  /// What is measured where nobody asks for anything else.
  public static let usual: [any Metric] = usualFaithfulness + localisation

  /// The metrics of a word: a metric's name, also one that a library alone has, `usual`, `faithfulness`, `localisation`, `sanity` or `all`.
  ///
  /// - Throws: `InputError` about `metric` that names the nearest.
  public static func named(_ word: String) throws(InputError) -> [any Metric] {
    if let group = groups.first(where: { $0.name == word }) { return group.metrics }
    if let metric = (all + ofLibrariesAlone).first(where: { $0.name == word }) { return [metric] }
    let remedy: Message = nearest(to: word, among: words).map { "did you mean \($0)?" } ?? "'gradcam metrics' lists all"
    throw InputError(.metrics, "there is no metric '\(word)'", remedy: remedy)
  }

  /// What `named` takes.
  public static let words = groups.map(\.name) + (all + ofLibrariesAlone).map(\.name)

  private static let groups: [(name: String, metrics: [any Metric])] = [
    ("all", all), ("usual", usual), ("faithfulness", faithfulness), ("localisation", localisation), ("sanity", sanity),
  ]
}
