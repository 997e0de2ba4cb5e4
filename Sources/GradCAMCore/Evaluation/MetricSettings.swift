/// What all metrics take from whoever asks for them.
public struct MetricSettings: Sendable {
  /// What stands in the place of pixels that are taken away.
  public enum Replacement: String, Sendable, CaseIterable {
    /// The image's own mean colour.
    case mean
    /// The image itself, blurred until no object shows: a Gaussian of a tenth of the shorter side.
    case blur
    /// Normally distributed noise of each channel's own mean and deviation, seeded.
    case noise
  }

  /// Where random numbers begin.
  public var seed: UInt64 = 0
  /// Into how many steps of equal size insertion and deletion cut the picture; nil for the definition's own number.
  public var steps: Int?
  /// What insertion begins with, deletion ends in, and sensitivity-n and infidelity put in the place of what they take away; nil for the
  /// definition's own: the mean colour, and what a library has. One serves all; the paper of insertion and deletion (Petsiuk et al. 2018)
  /// inserts into the image blurred, and deletes to a constant colour.
  public var replacement: Replacement?
  /// How far from the finding, in pixels of the image, the hottest pixel may lie and still hit.
  public var tolerance = 0.0

  // MARK: Sanity, fixed

  /// In how many steps weights are randomised, from the head down to all; fewer of models with fewer parameterised modules.
  public static let randomizationLevels = 5
  /// The noise on the input that a map should not mind: its deviation as a share of each channel's range in the image.
  public static let stabilityNoise = 0.02
  /// How often that noise is drawn.
  public static let stabilityDraws = 5
  /// By how many of the input's pixels images are shifted, at the most; an eighth of the shorter side where that is less.
  public static let stabilityShift = 4

  /// Every metric's own.
  public init() {}

  /// The steps of insertion and deletion where nobody says how many.
  public static let usualSteps = 5
}
