import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

@Suite struct SessionTests {
  private let graph = Networks.classifier()

  @Test func `Finds the logits before the sigmoid`() throws {
    let outputs = try Session(graph).forward(Networks.input(2))
    let logits = try #require(outputs.logits)
    #expect(outputs.output.shape == Shape(2, 2))
    expectClose(outputs.output.logical(), logits.logical().map(Sigmoid.value), tolerance: 2e-7)
  }

  @Test func `Takes the score at the logits or the output`() throws {
    let session = Session(graph)
    let recorder = Recorder()
    try session.capture("features", in: recorder)
    let outputs = try session.forward(Networks.input())
    try session.backward(Tensor([1, 0], Shape(1, 2)), at: .output)
    let atOutput = try #require(recorder.tensors["features.gradients"])
    try session.backward(Tensor([1, 0], Shape(1, 2)), at: .logit)
    let slope = outputs.output.logical()[0] * (1 - outputs.output.logical()[0])
    expectClose(map(try #require(recorder.tensors["features.gradients"])) { $0 * slope }, atOutput, tolerance: 1e-6)
  }

  @Test func `Goes back several times after one forward pass`() throws {
    let session = Session(graph)
    let recorder = Recorder()
    try session.capture("features.0", in: recorder)
    _ = try session.forward(Networks.input())
    let gradients = try [[Float]]([[1, 0], [0, 1], [1, 0], [2, -1]]).map { weights in
      try session.backward(Tensor(weights, Shape(1, 2)), at: .logit)
      return try #require(recorder.tensors["features.0.gradients"])
    }
    expectSameBytes(gradients[2], gradients[0])
    let combined = zip(gradients[0].logical(), gradients[1].logical()).map { 2 * $0 - $1 }
    expectClose(gradients[3].logical(), combined, tolerance: 1e-5, "2·first − second")
  }

  @Test func `Refuses to go back without a pass, or with another shape`() throws {
    let session = Session(graph)
    #expect(throws: InputError.self) { try session.backward(Tensor([1, 0], Shape(1, 2))) }
    _ = try session.forward(Networks.input())
    #expect(throws: InputError.self) { try session.backward(Tensor([1, 0], Shape(2))) }
    try session.backward(Tensor([1, 0], Shape(1, 2)))
    session.releasePass()
    #expect(throws: InputError.self) { try session.backward(Tensor([1, 0], Shape(1, 2))) }
  }

  @Test func `Names the module that a shape does not fit`() throws {
    let session = Session(graph)
    let error = try #require(throws: InputError.self) {
      try session.forward(Tensor(repeating: 0, Shape(1, 3, 5, 7)))
    }
    #expect(error.problem == "features.0.conv1 (Conv2d) takes 2 channels, not the 3 of [1, 3, 5, 7]")
    _ = try session.forward(Networks.input())
  }

  @Test func `Gives a batch what it gives single images`() throws {
    let recorder = Recorder()
    let session = Session(graph)
    try session.capture("features.0", in: recorder)
    let batch = Networks.input(3)
    let values = batch.logical()
    let output = try session.forward(batch).output
    try session.backward(Tensor(repeating: 1, output.shape))
    let gradients = try #require(recorder.tensors["features.0.gradients"]).logical()
    for n in 0..<3 {
      let image = Tensor(Array(values[n * 70..<(n + 1) * 70]), Shape(1, 2, 5, 7))
      let single = try session.forward(image).output
      try session.backward(Tensor(repeating: 1, single.shape))
      expectClose(Array(output.logical()[n * 2..<(n + 1) * 2]), single.logical(), tolerance: 1e-5, "output \(n)")
      let gradient = try #require(recorder.tensors["features.0.gradients"]).logical()
      expectClose(Array(gradients[n * 105..<(n + 1) * 105]), gradient, tolerance: 1e-5, "gradient \(n)")
    }
  }

  @Test func `Gives the same bytes from any number of threads`() throws {
    let results = try [1, 2, 5].map { threads in
      let recorder = Recorder()
      let session = Session(graph, threads: threads)
      try session.capture("features.0", in: recorder)
      let output = try session.forward(Networks.values(Shape(2, 2, 31, 33), seed: 3)).output
      try session.backward(Tensor(repeating: 1, output.shape))
      return [output, try #require(recorder.tensors["features.0.gradients"])]
    }
    for other in results.dropFirst() {
      for (found, expected) in zip(other, results[0]) { expectSameBytes(found, expected) }
    }
  }

  @Test func `Shares a graph between threads`() async throws {
    let expected = try Session(graph).forward(Networks.input(2)).output.logical()
    let graph = graph
    try await withThrowingTaskGroup(of: [Float].self) { group in
      for threads in [1, 2, 1, 2] {
        group.addTask {
          let session = Session(graph, threads: threads)
          _ = try session.registerFullBackwardHook("features.0") { _, _, _ in nil }
          let output = try session.forward(Networks.input(2)).output
          try session.backward(output)
          return output.logical()
        }
      }
      for try await found in group { #expect(found == expected) }
    }
  }

  @Test func `Agrees whichever engine is chosen`() throws {
    let input = Networks.values(Shape(1, 2, 31, 33), seed: 3)
    let auto = try Session(graph, engine: .auto).forward(input).output
    expectClose(try Session(graph, engine: .im2col).forward(input).output, auto, tolerance: 1e-5)
  }

  @Test func `Keeps going when shapes keep changing`() throws {
    let session = Session(graph)
    let first = try session.forward(Networks.input()).output
    for n in 1...12 { #expect(try session.forward(Networks.input(n)).output.shape == Shape(n, 2)) }
    expectSameBytes(try session.forward(Networks.input()).output, first)
  }
}
