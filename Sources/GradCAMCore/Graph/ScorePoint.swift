extension Outputs {
  /// The value that scores at `point` are taken of; the output, where the pass began behind the logits.
  public subscript(point: Session.ScorePoint) -> Tensor { point == .logit ? logits ?? output : output }

  /// `point`, or the output where the pass began behind the logits.
  func available(_ point: Session.ScorePoint) -> Session.ScorePoint { logits == nil ? .output : point }
}

extension Program {
  /// Where the value lies that scores at `point` are taken of; nil for the logits where the pass begins behind them.
  func slot(at point: Session.ScorePoint) -> Slot? { point == .logit ? logits : output }
}

extension Graph {
  /// The value that scores at `point` are taken of.
  func value(at point: Session.ScorePoint) -> Value { point == .logit ? logits : output }
}
