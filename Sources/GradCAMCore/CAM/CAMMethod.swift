public import ModelFormats

/// A method that explains a score by a map: from the evidence at a layer, or at the input.
///
/// A method of one's own is a small type that conforms; `Explainer` takes it like those that are built in. It needs a name, a paper
/// and `explain`:
///
///     struct PositiveCAM: CAMMethod {
///       let name = "positive"
///       let paper = "mine"
///       func explain(_ evidence: Evidence) -> Finding {
///         Finding(evidence.weightedSum(evidence.gradients.channelMeans().map { max($0, 0) }))
///       }
///     }
public protocol CAMMethod: Sendable {
  /// How users and records call it.
  var name: String { get }
  /// Where it was published.
  var paper: String { get }
  /// What it works from beside one forward pass; the gradient at the layer where nothing else is said.
  var needs: MethodNeeds { get }
  /// Whether the paper keeps positive evidence only; it does where nothing else is said, unless the map is signed.
  var appliesReLU: Bool { get }
  /// Whether a library keeps positive evidence only; what the paper does where nothing else is said.
  func appliesReLU(in library: PeerLibrary) -> Bool
  /// Whether the map has a sign that is drawn: what speaks for the class and what against it.
  var isSigned: Bool { get }
  /// Whether single cells outshine all others, as gradients at the input do: pictures of such maps are clipped where
  /// nothing else is said. They are not where nothing else is said.
  var hasOutliers: Bool { get }
  /// Whether the map is another where the score's sign is turned. It is where nothing else is said; magnitudes of gradients are the
  /// same for a class and against it.
  var hasSides: Bool { get }
  /// How far its maps may be from each other on two kinds of processors.
  ///
  /// Where nothing else is said those jump that show gradients which pass a kink, where the slope is one on this side and another on
  /// that; all others are steady. Scores do not jump, and neither do masks and perturbations.
  ///
  /// - Parameter hasKinks: whether a ReLU, a maximum or the like stands behind the place that is explained.
  func acrossProcessors(hasKinks: Bool) -> ProcessorTolerance
  /// How the paper scales the map; nil for any.
  var normalization: Normalization? { get }
  /// How the paper joins the maps of several layers; nil for a map each.
  var fusion: LayerFusion? { get }
  /// What a library makes of each layer's scaled map before it joins them; the map itself where nothing else is said.
  func partOfFusion(_ map: Heatmap, in library: PeerLibrary) -> Heatmap

  /// Refuses a model or a layer that the method cannot serve, before any image is read.
  ///
  /// - Throws: `InputError` about `method` or `layer`.
  func check(_ site: MethodSite) throws(InputError)

  /// The score that the method explains, where it is not the class's own.
  func score(_ question: ScoreQuestion) -> Score

  /// The paper's map before any ReLU or scaling.
  ///
  /// - Throws: whatever the network's passes throw.
  func explain(_ evidence: Evidence) throws -> Finding
}

extension CAMMethod {
  public var needs: MethodNeeds { .gradients }
  public var appliesReLU: Bool { !isSigned }
  public func appliesReLU(in library: PeerLibrary) -> Bool { appliesReLU }
  public var isSigned: Bool { false }
  public var hasOutliers: Bool { false }
  public var hasSides: Bool { true }
  public func acrossProcessors(hasKinks: Bool) -> ProcessorTolerance {
    let showsGradients =
      !needs.isDisjoint(with: [.gradients, .backwardPasses]) && !needs.contains(.forwardPasses)
    return hasKinks && showsGradients ? .jumping : .steady
  }
  public var normalization: Normalization? { nil }
  public var fusion: LayerFusion? { nil }
  public func partOfFusion(_ map: Heatmap, in library: PeerLibrary) -> Heatmap { map }
  public func check(_ site: MethodSite) throws(InputError) {}
  public func score(_ question: ScoreQuestion) -> Score { question.score }

  /// Whether the method explains at the input or at all attentions, whatever layer is named.
  var isAtInput: Bool { needs.contains(.input) || needs.contains(.attention) }

  /// Whether the map knows the class at all.
  public var knowsClass: Bool { !needs.subtracting([.randomness, .samples, .attention]).isEmpty }

  /// Whether the method may go on from the layer, in passes of many images.
  var looksAhead: Bool { !needs.contains(.attention) && !needs.isDisjoint(with: [.forwardPasses, .backwardPasses]) }

  /// Whether negative values are cut off under these settings.
  func cutsNegative(_ settings: MethodSettings) -> Bool {
    !settings.isSigned && (settings.compat.map(appliesReLU) ?? appliesReLU)
  }

  /// Whether the map is drawn with its sign under these settings.
  func drawsSign(_ settings: MethodSettings) -> Bool {
    isSigned || settings.isSigned || appliesReLU && !cutsNegative(settings)
  }
}

/// What a method works from, beside one forward pass.
public struct MethodNeeds: OptionSet, Sendable, CustomStringConvertible {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The score's gradient at the place that is explained: one backward pass, shared by all methods.
  public static let gradients = MethodNeeds(rawValue: 1)
  /// More forward passes, of the whole network or from the layer on.
  public static let forwardPasses = MethodNeeds(rawValue: 2)
  /// More backward passes.
  public static let backwardPasses = MethodNeeds(rawValue: 4)
  /// Random numbers: the seed counts, and the record has it.
  public static let randomness = MethodNeeds(rawValue: 8)
  /// A number of samples that is free: the settings' `samples` and `budget` count.
  public static let samples = MethodNeeds(rawValue: 16)
  /// The input in the place of a layer: the map has the input's size.
  public static let input = MethodNeeds(rawValue: 32)

  /// A number of steps that is free: the settings' `samples` counts, a budget does not.
  public static let steps = MethodNeeds(rawValue: 64)
  /// What all attentions share out, as the pass that all methods share sees it; with `backwardPasses`, gradients there, and with
  /// `forwardPasses` what leaves each block.
  public static let attention = MethodNeeds(rawValue: 128)

  /// `gradients`, `extra forward passes`, for listings.
  public var description: String {
    let words: [(MethodNeeds, String)] = [
      (.attention, "attention"), (.gradients, "gradients"), (.forwardPasses, "extra forward passes"),
      (.backwardPasses, "extra backward passes"),
    ]
    let named = words.filter { contains($0.0) }.map(\.1)
    return named.isEmpty ? "one forward pass" : named.joined(separator: ", ")
  }
}

/// What a method found.
public struct Finding: Sendable {
  /// The paper's map before any ReLU or scaling: H × W of the layer, or of the input.
  public var map: Heatmap
  /// An input attribution by channel, 1 C H W, before its channels were brought together.
  public var attributions: Tensor?
  /// How many samples were drawn.
  public var samples: Int?
  /// The standard error of the map's cells (their root mean square), as a share of the map's largest magnitude; of sampling
  /// methods.
  public var samplingError: Float?
  /// How far the attributions' sum is from the difference of scores that it should be, as a share of it; of integrated gradients.
  public var completenessError: Float?
  /// What is wrong that the map itself does not show, such as samples whose scores are all the same; nil for nothing.
  public var verdict: Verdict?

  /// A map, and nothing else to say.
  public init(_ map: Heatmap) { self.map = map }

  /// A map of positive evidence alone, which is zero where there is none.
  init(positive map: Heatmap) {
    self.map = map
    if map.isZero { verdict = .allNegative }
  }

  /// An attribution at the input, its channels brought together.
  init(_ attributions: Tensor, _ reduction: ChannelReduction, _ settings: MethodSettings) {
    // Captum's pictures add channels up, whatever the attribution is.
    map = attributions.overChannels(settings.compat == .captum ? .sum : reduction)
    self.attributions = attributions
  }
}

/// The model and the layer that a method is asked about.
public struct MethodSite {
  let model: Model
  /// The layers' paths.
  let layers: [String]
  let point: Session.ScorePoint
  /// The image's shape where it is not the model's own size.
  var input: Shape?

  /// The shapes of all values, for an image of the model's own size.
  func shapes() throws(InputError) -> [Value: Shape] { try model.graph.shapes(for: model.inputShape) }
}

/// What a method chooses its score by.
public struct ScoreQuestion {
  /// The class's own score.
  public let score: Score
  /// The class that is explained, as an index into the outputs.
  public let index: Int
  /// What left the network at the place where scores are read.
  public let outputs: [Float]
  /// What all methods take.
  public let settings: MethodSettings
}
