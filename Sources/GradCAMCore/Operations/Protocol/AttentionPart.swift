/// What an operation can be in an attention, as far as attentions are found by their structure.
enum AttentionPart: Sendable {
  /// Makes shares of scores, which sum to 1 along this axis.
  case shares(axis: Int)
  /// Hands the shares on: at inference a dropout does, and what guards against queries that may look nowhere.
  case passes
  /// Sums values, the second input, by the shares in the first.
  case mixes
}
