extension Graph {
  /// A module's run.
  struct Run: Hashable {
    let path: String
    /// Which of the module's calls, from 0.
    let call: Int
  }

  /// The run that the layer at `path` is captured at: its module's last.
  func lastRun(_ path: String) -> Run? {
    moduleIndex(path).map { Run(path: path, call: modules[$0].calls.count - 1) }
  }

  /// A run, as an index into the graph's calls.
  func call(of run: Run) -> Int? { moduleIndex(run.path).map { modules[$0].calls[run.call] } }

  /// The run that leaves, in the memory of what leaves `run`, what lies there when a pass of PyTorch's is through: operations in
  /// place write over their input, one after the other.
  func overwriting(_ run: Run) -> Run {
    guard let module = moduleIndex(run.path) else { return run }
    let value = calls[modules[module].calls[run.call]].output
    var last: Node?
    // In execution order: what is written over is written over again further down.
    for node in nodes[value.index...] where node.isInPlace && node.inputs[0] == last?.output ?? value { last = node }
    guard let call = last.map({ calls[$0.call] }) else { return run }
    return Run(path: modules[call.module].path, call: call.ordinal)
  }
}
