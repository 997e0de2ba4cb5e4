import ModelFormats

extension Model {
  /// The layers worth trying, the model's own first: of each size of feature map before it the last layer, down to maps of a quarter of the
  /// input's sides; four at most.
  ///
  /// - Returns: the model's own alone, where nothing is known of others.
  public var layersToTry: [String] {
    var found = [defaultLayer]
    guard let positions = try? positions(for: inputShape), let own = try? view(of: defaultLayer, positions) else {
      return found
    }
    var sizes = [[own.rows, own.columns]]
    for path in graph.modulePaths.reversed() {
      guard found.count < 4, let view = try? view(of: path, positions), view.rows * 4 <= input.height,
        view.rows >= own.rows, !sizes.contains([view.rows, view.columns]), graph.canonicalPath(path) == path
      else { continue }
      sizes.append([view.rows, view.columns])
      found.append(path)
    }
    return found
  }
}
