import GradCAMCore

/// A word from a fixed list that a flag takes; `rawValue` is how it is typed.
protocol Choice: RawRepresentable<String>, CaseIterable, Sendable {
  /// The words that may be typed, in the order that help lists them.
  static var offered: [Self] { get }
}

extension Choice {
  static var offered: [Self] { Array(allCases) }
}

extension ActivationChoice: Choice {}
extension Canvas: Choice {}
extension Engine: Choice {}
extension HeadFusion: Choice {}
extension LayerFusion: Choice {}
extension MetricLibrary: Choice {}
extension MetricSettings.Replacement: Choice {}
extension PeerLibrary: Choice {}
extension Session.ScorePoint: Choice {}
extension VectorLevel: Choice {}

extension Interpolation: Choice {
  static let offered = [bicubic, bilinear, nearest]
}

extension Normalization: Choice {
  /// The libraries' own scalings come with `--compat`.
  static let offered = [max, minmax, none]
}
