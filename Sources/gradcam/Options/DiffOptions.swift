import GradCAMCore
import ModelFormats

/// What `diff` may be told.
struct DiffOptions: Sendable {
  /// Paths of the new model's layers, where it calls them otherwise than the old one.
  var newLayers: [String] = []
  /// How many maps the text lists.
  var worst = 20
  /// The page to write.
  var page: FilePath?
  var requirements: [Requirement] = []

  /// What a bound may be on: the figures of a comparison, and the share of images whose prediction changed.
  static let figures = ComparisonFigure.allCases.map(\.rawValue) + [changed]
  static let changed = "changed"
}

extension Requirement {
  /// A bound on a figure of `diff`: `rank>=0.9`, `layercam:ssim>=0.8`, `changed<=0.01`.
  ///
  /// - Throws: `InputError` without a subject.
  static func onComparison(_ bytes: [UInt8]) throws(InputError) -> Requirement {
    try Requirement(bytes, as: "rank>=0.9") { name throws(InputError) in
      guard !DiffOptions.figures.contains(name) else { return }
      throw InputError("", "diff measures no '\(name)'", remedy: "\(listed(DiffOptions.figures))")
    }
  }
}
