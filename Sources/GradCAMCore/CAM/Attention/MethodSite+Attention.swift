import ModelFormats

extension MethodSite {
  /// The model's attentions.
  ///
  /// - Throws: `InputError` about `method` where there is none.
  func attentions(for method: some CAMMethod) throws(InputError) -> Attentions {
    let attentions = Attentions(model.graph, try model.positions(for: input ?? model.inputShape))
    guard attentions.sites.isEmpty else { return attentions }
    throw InputError(
      .method, "\(method.name) shows attention, and the model has none among places of the picture",
      remedy: "gradcam")
  }

  /// The same for methods that follow attention through the whole network.
  ///
  /// - Throws: `InputError` about `method` where some attention is not one of every token to every token, the same in each, or the output is
  ///   read from the class token and from patches apart.
  func wholeAttentions(for method: some CAMMethod) throws(InputError) -> Attentions {
    let attentions = try attentions(for: method)
    guard let first = attentions.sites.first, let last = attentions.sites.last else { return attentions }
    let positions = try model.positions(for: input ?? model.inputShape)
    let other = attentions.sites.first { site in
      guard site.isWhole, let grid = site.grid, let usual = first.grid else { return true }
      return !grid.isSame(as: usual)
    }
    guard other != nil || model.graph.ways(beside: [last.mixed], positions).isEmpty else {
      throw InputError(
        .method,
        "\(method.name) follows tokens through all attentions, and branches of patches stand beside each other here",
        remedy: "attention, which shows the last one, or gradcam")
    }
    guard let other else {
      guard attentions.hasOtherReaders else { return attentions }
      throw InputError(
        .method, "\(method.name) follows one kind of token, and the output reads the class token and patches beside it",
        remedy: "attention, which shows the class token's, or gradcam")
    }
    throw InputError(
      .method,
      "\(method.name) follows every token to every token through all attentions, and \(path(other)) sees others or a part",
      remedy: last.grid == nil ? "gradcam" : "attention, which shows the last one, or gradcam")
  }

  /// What users call an attention.
  func path(_ site: AttentionSite) -> String {
    model.graph.canonicalPath(model.graph.path(of: model.graph.nodes[site.node]))
  }
}
