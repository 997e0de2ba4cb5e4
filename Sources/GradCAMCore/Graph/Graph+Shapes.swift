public import ModelFormats

extension Graph {
  /// The shape of every value for an input of the shape `input`.
  ///
  /// - Throws: `InputError` naming the module that the shapes do not fit.
  func shapes(for input: Shape) throws(InputError) -> [Value: Shape] {
    var shapes = [self.input: input]
    for node in nodes {
      let inputs = node.inputs.compactMap { shapes[$0] }
      do { shapes[node.output] = try node.operation.outputShape(of: inputs).expectingMemory() } catch {
        throw shapeError(error, node)
      }
    }
    return shapes
  }

  /// A complaint about shapes, naming the module that has it.
  func shapeError(_ error: InputError, _ node: Node) -> InputError {
    let path = modules[calls[node.call].module].path
    return InputError(error.subject, "\(path) (\(node.operation.kind)) \(error.problem)", remedy: error.remedy)
  }

  /// One module, for listings.
  public struct ModuleSummary: Sendable {
    /// As PyTorch prints it.
    public let path: String
    /// PyTorch's name for what it is.
    public let kind: String
    /// What leaves it at its last call.
    public let outputShape: Shape
    /// The rows and columns of its output as a map of the picture; nil where no map can be made there.
    public let mapSize: (rows: Int, columns: Int)?
    /// Trained parameters of it and of all below.
    public let parameters: Int
    /// Multiply-adds of all its calls for one image.
    public let multiplyAdds: Int
    /// Whether other modules lie in it.
    public let hasChildren: Bool
  }

  /// All modules in the order they first run, for an input of the shape `input`.
  ///
  /// - Throws: `InputError` naming the module that the shapes do not fit.
  public func summaries(for input: Shape) throws(InputError) -> [ModuleSummary] {
    let shapes = try shapes(for: input)
    let positions = PositionMap(self, shapes)
    let work = nodes.map { $0.operation.multiplyAdds(of: $0.inputs.compactMap { shapes[$0] }) }
    return modules.filter { !$0.path.isEmpty }.map { module in
      let ranges = module.calls.map { calls[$0].nodes }
      let value = module.calls.last.map { calls[$0].output }
      let view = value.flatMap(positions.view)
      return ModuleSummary(
        path: module.path, kind: module.kind, outputShape: value.flatMap { shapes[$0] } ?? Shape(),
        mapSize: view.map { ($0.rows, $0.columns) },
        // A module that is called twice has its parameters once.
        parameters: ranges.first.map { range in nodes[range].reduce(0) { $0 + $1.operation.parameterCount } } ?? 0,
        multiplyAdds: ranges.reduce(0) { work[$1].reduce($0, saturatingSum) }, hasChildren: module.hasChildren)
    }
  }
}
