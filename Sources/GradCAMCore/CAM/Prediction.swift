/// What a network says of an image.
public struct Prediction: Sendable {
  /// A class, and how sure the network is of it.
  public struct Entry: Sendable, Hashable {
    public let index: Int
    public let label: String?
    public let logit: Float
    public let probability: Float
  }

  /// All classes by index. A network with one output has two: its negative and its positive.
  public let classes: [Entry]
  /// The number of outputs; 1 for a network that gives one probability.
  public let outputCount: Int

  /// What the two classes of a network with one output are called where it has no labels.
  static let binaryLabels = ["negative", "positive"]

  /// Classes with the surest first; of equal ones the lower index.
  public var ranking: [Entry] { classes.sorted { ($1.logit, $0.index) < ($0.logit, $1.index) } }

  /// Reads a network's logits.
  ///
  /// A softmax makes probabilities of several logits, unless the network ends in a sigmoid; a sigmoid makes one of one.
  init(logits: [Float], labels: [String], activation: FinalActivation) {
    outputCount = logits.count
    let label = { (index: Int) in labels.indices.contains(index) ? labels[index] : nil }
    if logits.count == 1 {
      let probability = Sigmoid.value(logits[0])
      classes = [
        Entry(index: 0, label: label(0) ?? Self.binaryLabels[0], logit: -logits[0], probability: 1 - probability),
        Entry(index: 1, label: label(1) ?? Self.binaryLabels[1], logit: logits[0], probability: probability),
      ]
    } else {
      let probabilities = activation == .sigmoid ? logits.map(Sigmoid.value) : Softmax.values(of: logits)
      classes = logits.indices.map {
        Entry(index: $0, label: label($0), logit: logits[$0], probability: probabilities[$0])
      }
    }
  }
}
