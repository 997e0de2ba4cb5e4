extension Leaderboard {
  /// Takes in what an `Evaluator` measured of one image.
  ///
  /// - Parameter name: what tells the image from others; resamples and their intervals depend on it.
  public mutating func add(_ evaluation: ImageEvaluation, of name: String) {
    add(
      image: Array(name.utf8),
      evaluation.maps.map { (Key(method: $0.map.method.name, layer: $0.map.layer), $0.values) })
  }
}
