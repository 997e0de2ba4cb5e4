extension Explainer.Setup {
  /// How far a map may be from the same map of another kind of processor.
  ///
  /// - Parameter layer: as the map names it.
  public func acrossProcessors(_ method: any CAMMethod, at layer: String) -> ProcessorTolerance {
    let graph = model.graph
    let named = zip(layers, layerNames).filter { $1 == layer }.map(\.0)
    // A map that was joined of several layers' names all of them together.
    let starts =
      method.isAtInput ? [graph.input] : (named.isEmpty ? layers : named).compactMap { graph.lastCall($0)?.output }
    return method.acrossProcessors(hasKinks: starts.contains { graph.hasKinks(behind: $0) })
  }
}

extension Graph {
  /// Whether anything that is made of `value` has a slope that jumps.
  fileprivate func hasKinks(behind value: Value) -> Bool {
    var reached: Set<Value> = [value]
    for node in nodes where node.inputs.contains(where: reached.contains) {
      if node.operation.hasKinks { return true }
      reached.insert(node.output)
    }
    return false
  }
}
