import ModelFormats

extension Explainer.Options {
  /// Finds whatever can be wrong before an image is there.
  func check(_ model: Model, layers: [String]) throws(InputError) {
    if methods.contains(where: { !$0.isAtInput }) {
      for path in layers {
        do { try model.checkExtent(of: path) } catch { throw error.about(.layer) }
        try checkBatch(model, path)
      }
    }
    for target in targets { try target.check(labels: model.labels, outputCount: model.outputCount) }
    try checkContrast(model)
    for method in methods {
      try method.check(MethodSite(model: model, layers: layers, point: score))
      if !method.knowsClass, against != nil || isCounterfactual {
        throw InputError(
          against != nil ? Parameter.against : .counterfactual, "\(method.name) knows no class",
          remedy: "a method that does, such as gradcam")
      }
    }
    try checkNumbers()
    try checkScale()
    if fusion != nil, layers.count < 2 {
      throw InputError(.fuse, "joins the maps of several layers, and one is named", remedy: "\(.layer) PATH,PATH")
    }
  }

  private func checkBatch(_ model: Model, _ path: String) throws(InputError) {
    let shapes = try model.graph.shapes(for: model.inputShape)
    guard let output = model.graph.lastCall(path).flatMap({ shapes[$0.output] }), output.dimensions[0] != 1 else {
      return
    }
    throw InputError(
      .layer, "\(path) makes a batch of \(output.dimensions[0]) of one image", remedy: "a layer that keeps the batch"
    )
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

  private func checkNumbers() throws(InputError) {
    let positive = [(Parameter.samples, settings.samples), (.batch, settings.batch)]
    if let (parameter, number) = positive.first(where: { ($0.1 ?? 1) < 1 }) {
      throw InputError(parameter, "\(number ?? 0) is none", remedy: "a whole number from 1")
    }
    if let budget = settings.budget, !(budget > 0 && budget.isFinite) {
      throw InputError(.budget, "\(budget) is no time", remedy: "a number of seconds above 0")
    }
    let needs = methods.map(\.needs)
    if let steps = settings.samples, steps > Self.mostSteps, needs.contains(where: { $0.contains(.steps) }) {
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
