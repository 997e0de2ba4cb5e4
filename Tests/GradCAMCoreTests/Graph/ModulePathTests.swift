import ModelFormats
import Testing

@testable import GradCAMCore

/// Paths as users type them.
@Suite struct ModulePathTests {
  /// Modules whose paths are these, in a row.
  private func graph(_ paths: [String], kinds: [String: String] = [:]) -> Graph {
    let tree = ModuleTree(kind: "Net")
    var value = Value(index: 0)
    for path in paths {
      let parts = path.split(separator: ".")
      // Only parts that `kinds` names are modules that a call passes through.
      let ends = parts.indices.map { parts[...$0].joined(separator: ".") }
      let scopes = ends.filter { $0 == path || kinds[$0] != nil }.map { ModuleScope(path: $0, kind: kinds[$0] ?? "") }
      value = tree.add(ReLU(), [value], at: ModulePlace(scopes: scopes, name: "relu"))
    }
    return tree.graph(output: value)
  }

  private func resolved(_ graph: Graph, _ path: String) -> String? {
    (try? graph.resolve(path)).map { graph.modules[$0].path }
  }

  @Test(arguments: [
    ("layers.-1", "layers.1"), ("layers.-2", "layers.0"), ("layers.-3", nil), ("stages.-1.0", "stages.1.0"),
    ("stages.-1.-2", "stages.1.0"), ("stages.-2.-1", "stages.0.1"), ("stages.-1", nil), ("layers.-0", nil),
    ("layers", nil), ("-1", nil), ("nothing.-1", nil), ("layers.-1.-1", nil), ("layers.-9223372036854775808", nil),
  ]) func `Counts from the end of lists that no call passes through`(_ path: String, _ expected: String?) {
    let graph = graph(["layers.0", "layers.1", "stages.0.0", "stages.0.1", "stages.1.0", "stages.1.1"])
    #expect(resolved(graph, path) == expected)
  }

  @Test func `Counts by numbers, whatever lies between`() {
    let graph = graph(["f.0", "f.10", "f.2", "x"])
    #expect(resolved(graph, "f.-1") == "f.10" && resolved(graph, "f.-9") == "f.2" && resolved(graph, "f.-2") == nil)
  }

  @Test func `Counts a network that is a list itself`() {
    #expect(resolved(graph(["0", "1.conv", "2"]), "-1") == "2")
  }

  @Test func `Counts named children of a Sequential alone`() {
    let paths = ["features.conv0", "features.norm5"]
    #expect(resolved(graph(paths, kinds: ["features": "Sequential"]), "features.-1") == "features.norm5")
    #expect(resolved(graph(paths, kinds: ["features": "Sequential"]), "features.-3") == nil)
    #expect(resolved(graph(paths, kinds: ["features": "Block"]), "features.-1") == nil)
  }

  @Test func `A layer is captured at its module's last run, and named only by that`() {
    let builder = GraphBuilder(kind: "Net")
    let first = builder.add(ReLU(), builder.input, as: "relu")
    let second = builder.add(ReLU(), first, as: "relu")
    let graph = builder.graph(output: second)
    #expect(graph.capturedPath(first) == nil && graph.capturedPath(second) == "relu")
  }
}
