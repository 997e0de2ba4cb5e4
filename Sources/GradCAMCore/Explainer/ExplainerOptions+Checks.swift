import ModelFormats

extension Explainer.Options {
  /// Finds whatever can be wrong before an image is there.
  ///
  /// - Returns: the layers as N C H W, none where no method explains at a layer; and the last layer of patches beside theirs.
  func check(_ model: Model, layers: [String]) throws(InputError) -> (views: [GridView], beside: String?) {
    let checked = methods.contains { !$0.isAtInput } ? try checkLayers(model, layers) : ([], nil)
    for target in targets { try target.check(labels: model.labels, outputCount: model.outputCount) }
    try checkContrast(model)
    for method in methods {
      try method.check(MethodSite(model: model, layers: layers, point: score))
      if !method.knowsClass, against != nil || isCounterfactual {
        throw InputError(
          against != nil ? Parameter.against : .counterfactual, "\(method.name) knows no class",
          remedy: "a method that does, such as gradcam")
      }
      if isCounterfactual, !method.hasSides {
        throw InputError(
          .counterfactual, "\(method.name) shows magnitudes, which are the same for a class and against it",
          remedy: "a method whose maps have sides, such as gradcam")
      }
    }
    try checkNumbers()
    try checkRollout()
    try checkScale()
    if fusion != nil, layers.count < 2 {
      throw InputError(.fuse, "joins the maps of several layers, and one is named", remedy: "\(.layer) PATH,PATH")
    }
    return checked
  }

  private func checkLayers(
    _ model: Model, _ layers: [String]
  ) throws(InputError) -> (views: [GridView], beside: String?) {
    let positions = try model.positions(for: model.inputShape)
    if self.layers.isEmpty, let doubt = model.defaultLayerDoubt {
      throw InputError(
        .layer, "has to be named: \(doubt)", remedy: "such as \(.layer) \(model.defaultLayer), the last that is known")
    }
    do {
      let views = try layers.map { path throws(InputError) in try model.view(of: path, positions) }
      return (views, model.graph.layer(beside: layers.compactMap { model.graph.lastCall($0)?.output }, positions))
    } catch {
      throw error.about(.layer)
    }
  }

  private func checkContrast(_ model: Model) throws(InputError) {
    guard let against else { return }
    if isCounterfactual {
      throw InputError(
        .counterfactual, "cannot be given with \(.against), which compares two classes",
        remedy: "one of the two, or the two classes exchanged")
    }
    do { try against.check(labels: model.labels, outputCount: model.outputCount) } catch {
      throw InputError(.against, error.problem, remedy: error.remedy)
    }
    guard let other = against.fixedIndex(labels: model.labels, outputCount: model.outputCount) else {
      throw InputError(.against, "takes one class", remedy: "an index or a label")
    }
    let own = targets.map { $0.fixedIndex(labels: model.labels, outputCount: model.outputCount) }
    if own.contains(other) {
      throw InputError(.against, "names the class that is explained itself", remedy: "another class")
    }
  }

  /// The most steps of a rule of integration, whose points take time by the square of their number.
  private static let mostSteps = 10_000

  private func checkScale() throws(InputError) {
    guard let scale else { return }
    guard scale > 0, scale.isFinite else {
      throw InputError(.scale, "\(scale) is no scale", remedy: "a number above 0, in units of the unscaled map")
    }
    if let normalization, normalization != .max {
      throw InputError(
        .scale, "is one scale for all maps, and \(.normalize) \(normalization.rawValue) another for each",
        remedy: "one of the two")
    }
  }

  private func checkRollout() throws(InputError) {
    if let ratio = settings.discardRatio, !(0..<1).contains(ratio) {
      throw InputError(.discardRatio, "\(ratio) is no share to leave out", remedy: "a number from 0 to below 1")
    }
    let names = methods.map(\.name)
    if settings.headFusion != nil, !names.contains("rollout") {
      throw InputError(.headFusion, "none of the methods makes one of heads so", remedy: "\(.method) rollout")
    }
    if settings.discardRatio != nil, !names.contains("rollout"), !names.contains("gradrollout") {
      throw InputError(.discardRatio, "none of the methods leaves any out", remedy: "\(.method) rollout or gradrollout")
    }
  }

  private func checkNumbers() throws(InputError) {
    let positive = [(Parameter.samples, settings.samples), (.batch, settings.batch)]
    if let (parameter, number) = positive.first(where: { ($0.1 ?? 1) < 1 }) {
      throw InputError(parameter, "\(number ?? 0) is none", remedy: "a whole number from 1")
    }
    if let budget = settings.budget, !(budget > 0 && budget.isFinite) {
      throw InputError(.budget, "\(budget) is no time", remedy: "a number of seconds above 0")
    }
    let needs = methods.map(\.needs)
    let takesSteps = methods.contains { makes($0) && $0.needs.contains(.steps) }
    if let steps = settings.samples, steps > Self.mostSteps, takesSteps {
      throw InputError(.samples, "\(steps) steps are too many", remedy: "up to \(Self.mostSteps)")
    }
    if settings.budget != nil, !needs.contains(where: { $0.contains(.samples) }) {
      throw InputError(.budget, "none of the methods draws samples", remedy: "a sampling method, such as rise")
    }
    if settings.samples != nil, !needs.contains(where: { $0.contains(.samples) || $0.contains(.steps) }) {
      throw InputError(.samples, "none of the methods draws samples", remedy: "a sampling method, such as rise")
    }
  }
}
