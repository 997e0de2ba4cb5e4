/// What a network says of an image.
public struct Prediction: Sendable {
  /// A class, and how sure the network is of it.
  public struct Entry: Sendable, Hashable {
    /// Among `classes`.
    public let index: Int
    /// Its name, where it is known.
    public let label: String?
    /// The score before a final sigmoid or softmax.
    public let logit: Float
    /// From 0 to 1; nil where nothing makes probabilities of the model's scores.
    public let probability: Float?
  }

  /// All classes by index. A network with one output has two: its negative and its positive.
  public let classes: [Entry]
  /// The number of outputs; 1 for a network that gives one probability.
  public let outputCount: Int
  /// What the probabilities were made by, and how that is known.
  public let activation: ScoreActivation

  /// What the two classes of a network with one output are called where it has no labels.
  static let binaryLabels = ["negative", "positive"]

  /// Classes with the surest first; of equal ones the lower index.
  public var ranking: [Entry] { classes.sorted { ($1.logit, $0.index) < ($0.logit, $1.index) } }

  /// The surest classes in the order of `ranking`, without ranking all of them.
  public func best(_ count: Int) -> [Entry] {
    count > 16 ? Array(ranking.prefix(count)) : classes.first(count) { $0.logit > $1.logit }
  }

  /// The surest class; nil where a score is NaN, which has no place in an order, and where the greatest one is not finite.
  public var answer: Entry? {
    guard !classes.contains(where: \.logit.isNaN), let top = best(1).first, top.logit.isFinite else { return nil }
    return top
  }

  /// Reads what a model gives of one image.
  ///
  /// Probabilities that leave the model are taken as they are.
  init(_ outputs: Outputs, of model: Model) {
    let (logits, labels) = (outputs[.logit].logical(), model.labels)
    let (activation, shares) = model.shares(of: outputs.output.logical())
    (self.activation, outputCount) = (activation, logits.count)
    let label = { (index: Int) in labels.indices.contains(index) ? labels[index] : nil }
    if logits.count == 1 {
      let share = shares?[0]
      classes = [
        Entry(index: 0, label: label(0) ?? Self.binaryLabels[0], logit: -logits[0], probability: share.map { 1 - $0 }),
        Entry(index: 1, label: label(1) ?? Self.binaryLabels[1], logit: logits[0], probability: share),
      ]
    } else {
      classes = logits.indices.map {
        Entry(index: $0, label: label($0), logit: logits[$0], probability: shares?[$0])
      }
    }
  }
}
