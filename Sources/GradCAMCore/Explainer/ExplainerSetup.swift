public import ModelFormats

extension Explainer {
  /// A model and what is asked of it, resolved and checked once. Any number of explainers are made from it.
  public struct Setup: Sendable {
    /// The model that is explained.
    public let model: Model
    /// What is explained of each image, and how; targets are one class each, or words.
    public let options: Options
    /// What is done to images first.
    public let preprocessor: Preprocessor
    /// The paths of the layers, each once however it was spelled.
    let layers: [String]
    /// How they are seen as N C H W, for images of the model's own size; empty where no method explains at a layer.
    let views: [GridView]
    /// The last layer of patches that reach the output beside all of the layers; nil where there is none.
    private let beside: String?
    /// The attentions, for images of the model's own size; nil where no method needs them.
    private let attentions: Attentions?

    /// - Throws: `InputError` about the layer, the target, the method or another option: whatever can be wrong before an image is
    ///   there.
    public init(_ model: Model, _ options: Options = Options()) throws(InputError) {
      var options = options
      options.targets = options.targets.flatMap { $0.separated(labels: model.labels, outputCount: model.outputCount) }
      (self.model, self.options) = (model, options)
      preprocessor = try model.preprocessor()
      var layers: [String] = []
      for path in options.layers.isEmpty ? [model.defaultLayer] : options.layers {
        let layer = try model.graph.resolveOption(path)
        if !layers.contains(layer) { layers.append(layer) }
      }
      self.layers = layers
      (views, beside) = try options.check(model, layers: layers)
      let needsAttention = options.methods.contains { $0.needs.contains(.attention) }
      attentions = needsAttention ? Attentions(model.graph, try model.positions(for: model.inputShape)) : nil
    }

    /// The layers as N C H W, for images of the shape `input`.
    ///
    /// - Throws: `InputError` about `layer` where one is no feature map at this size.
    func sites(for input: Shape) throws(InputError) -> [(path: String, view: GridView)] {
      if views.isEmpty { return [] }
      if input == model.inputShape { return Array(zip(layers, views)) }
      do {
        let positions = try model.positions(for: input)
        return try layers.map { path throws(InputError) in (path, try model.view(of: path, positions)) }
      } catch {
        throw error.about(.layer)
      }
    }

    /// The attentions, for images of the shape `input`; nil where no method needs them.
    ///
    /// - Throws: `InputError` where shapes do not fit, or attentions at this size are not what the methods need.
    func attentions(for input: Shape) throws(InputError) -> Attentions? {
      if attentions == nil || input == model.inputShape { return attentions }
      for method in options.methods where method.needs.contains(.attention) {
        try method.check(MethodSite(model: model, layers: layers, point: options.score, input: input))
      }
      return Attentions(model.graph, try model.positions(for: input))
    }

    /// What is not certain of the layers, since the file lost it, and what they do not show.
    public var doubts: [Message] {
      guard options.methods.contains(where: { !$0.isAtInput }) else { return [] }
      let branch: Message? = beside.map { other in
        let names = layers.map { $0.brief(60) }.listed(2)
        return "maps at \(names) show one branch of patches, and \(other.brief(60)) another (\(.layer) takes several)"
      }
      return layers.compactMap(model.graph.doubt) + (branch.map { [$0] } ?? [])
    }

    /// How records spell the layers that are explained.
    public var layerNames: [String] { layers.map(model.graph.canonicalPath) }

    /// The indices of all classes that may be explained: those that were asked for, or all where that depends on the image.
    public var targetIndices: [Int] {
      let fixed = options.targets.map { $0.fixedIndex(labels: model.labels, outputCount: model.outputCount) }
      return fixed.contains(nil) ? Array(0..<max(model.outputCount, 2)) : fixed.compactMap { $0 }
    }

    /// The index of the class that targets are told from; nil for none.
    public var againstIndex: Int? {
      options.against?.fixedIndex(labels: model.labels, outputCount: model.outputCount)
    }
  }
}
