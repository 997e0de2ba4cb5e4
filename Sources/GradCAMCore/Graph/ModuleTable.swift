/// The modules of a graph that is being built, and their calls.
struct ModuleTable {
  private(set) var modules: [ModuleRecord] = []
  var calls: [ModuleCall] = []
  private var moduleByPath: [String: Int] = [:]

  func contains(_ path: String) -> Bool { moduleByPath[path] != nil }

  func module(of call: Int) -> ModuleRecord { modules[calls[call].module] }

  /// Opens a call of the module at `path`, which begins with node `node`; a path that is known is called once more.
  mutating func open(_ path: String, kind: String, parent: Int?, inputs: [Value] = [], at node: Int) -> Int {
    let module = moduleByPath[path] ?? modules.count
    if module == modules.count {
      modules.append(ModuleRecord(path: path, kind: kind))
      moduleByPath[path] = module
    }
    let ordinal = modules[module].calls.count
    modules[module].calls.append(calls.count)
    calls.append(
      ModuleCall(
        module: module, ordinal: ordinal, parent: parent, inputs: inputs, output: Value(index: 0), nodes: node..<node))
    return calls.count - 1
  }

  /// The module at `path`.
  func index(of path: String) -> Int? { moduleByPath[path] }

  /// The value that leaves a module at its last call.
  func result(of module: Int) -> Value? { modules[module].calls.last.map { calls[$0].output } }

  /// Notes the path of what is lost in a module's output.
  mutating func note(_ vanished: String, of module: Int) { modules[module].vanished = vanished }

  /// Gives a module whose own output is lost another path, which nobody has.
  mutating func rename(_ module: Int, to path: String) {
    moduleByPath[modules[module].path] = nil
    moduleByPath[path] = module
    modules[module].path = path
    modules[module].kind += " (folded)"
    modules[module].isFolded = true
  }

  /// Notes that other modules stand inside the module of `call`.
  mutating func markParent(_ call: Int) { modules[calls[call].module].hasChildren = true }
}
