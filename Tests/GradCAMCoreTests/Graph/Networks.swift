import ModelFormats
import TestSupport

@testable import GradCAMCore

/// Small networks for the tests of graphs and hooks.
enum Networks {
  /// The network of `Scripts/make_fixtures graph` with the weights of a fixture: a stem, a residual block that uses one ReLU
  /// twice, poolings and a linear layer. Takes 2×2×9×11.
  static func residual(_ fixture: Fixture) throws -> Graph {
    let builder = GraphBuilder(kind: "Net")
    let conv = { (path: String, stride: Int) in
      Conv2d(weight: try fixture.tensor("\(path).weight"), stride: (stride, stride), padding: Padding(1))
    }
    let norm = { (path: String) in
      let values = { (part: String) in try fixture.tensor("\(path).\(part)").logical() }
      return BatchNorm2d(
        weight: try values("weight"), bias: try values("bias"), runningMean: try values("running_mean"),
        runningVar: try values("running_var"))
    }
    let (stem, stemNorm) = (try conv("stem.0", 2), try norm("stem.1"))
    let (conv1, bn1, conv2, bn2) = (
      try conv("block.conv1", 1), try norm("block.bn1"), try conv("block.conv2", 1), try norm("block.bn2")
    )
    let linear = Linear(weight: try fixture.tensor("fc.weight"), bias: try fixture.tensor("fc.bias"))
    var x = builder.module("stem", kind: "Sequential", builder.input) { x in
      builder.add(ReLU(), builder.add(stemNorm, builder.add(stem, x, as: "0"), as: "1"), as: "2")
    }
    x = builder.module("block", kind: "Block", x) { x in
      var y = builder.add(ReLU(), builder.add(bn1, builder.add(conv1, x, as: "conv1"), as: "bn1"), as: "relu")
      y = builder.add(bn2, builder.add(conv2, y, as: "conv2"), as: "bn2")
      return builder.add(ReLU(), builder.function(Add(), y, x), as: "relu")
    }
    x = builder.add(MaxPool2d(kernel: (2, 2), ceilMode: true), x, as: "maxpool")
    x = builder.add(AdaptiveAvgPool2d(), x, as: "avgpool")
    return builder.graph(output: builder.add(linear, builder.function(Flatten(), x), as: "fc"))
  }

  /// Two convolutions with all that may be joined to them, an empty shortcut, dropout and a sigmoid. Takes N×2×5×7.
  static func classifier() -> Graph {
    let builder = GraphBuilder(kind: "Classifier")
    let first = builder.module("features", kind: "Sequential", builder.input) { x in
      let y = builder.module("0", kind: "Block", x) { x in
        var y = builder.add(conv(3, 2, seed: 1), x, as: "conv1")
        y = builder.function(ReLU(), builder.add(norm(3, seed: 2), y, as: "bn1"))
        y = builder.add(norm(3, seed: 4), builder.add(conv(3, 3, seed: 3), y, as: "conv2"), as: "bn2")
        let shortcut = builder.add(conv(3, 2, kernel: 1, seed: 5), x, as: "shortcut")
        return builder.function(ReLU(), builder.function(Add(), y, shortcut))
      }
      return builder.module("1", kind: "Block", y) { x in
        let y = builder.add(norm(3, seed: 7), builder.add(conv(3, 3, seed: 6), x, as: "conv1"), as: "bn1")
        let shortcut = builder.module("shortcut", kind: "Sequential", x) { $0 }
        return builder.add(ReLU(), builder.function(Add(), y, shortcut), as: "relu")
      }
    }
    let output = builder.module("head", kind: "Sequential", first) { x in
      let pooled = builder.function(Flatten(), builder.add(AdaptiveAvgPool2d(), x, as: "0"))
      let logits = builder.add(linear(2, 3, seed: 8), builder.add(Identity.dropout, pooled, as: "1"), as: "2")
      return builder.add(Sigmoid(), logits, as: "3")
    }
    return builder.graph(output: output)
  }

  static func conv(_ k: Int, _ c: Int, kernel: Int = 3, seed: UInt64) -> Conv2d {
    Conv2d(weight: values(Shape(k, c, kernel, kernel), seed: seed), padding: Padding(kernel / 2))
  }

  static func norm(_ c: Int, seed: UInt64) -> BatchNorm2d {
    var random = SeededRandom(seed: seed)
    return BatchNorm2d(
      weight: random.uniform(c).map { $0 + 1.5 }, bias: random.uniform(c), runningMean: random.uniform(c),
      runningVar: random.uniform(c).map { $0 + 1.5 })
  }

  static func linear(_ k: Int, _ c: Int, seed: UInt64) -> Linear {
    Linear(weight: values(Shape(k, c), seed: seed), bias: values(Shape(k), seed: seed + 100))
  }

  /// Numbers between −1 and 1.
  static func values(_ shape: Shape, seed: UInt64) -> Tensor {
    var random = SeededRandom(seed: seed)
    return Tensor(random.uniform(shape.count), shape)
  }

  /// An input of `classifier`.
  static func input(_ n: Int = 1, seed: UInt64 = 40) -> Tensor { values(Shape(n, 2, 5, 7), seed: seed) }
}

/// What hooks of a test have seen; a class, since hooks escape.
final class Recorder {
  var events: [String] = []
  var tensors: [String: Tensor] = [:]

  func callAsFunction(_ event: String) { events.append(event) }
}

extension Session {
  /// Keeps a layer's activations and gradients in `recorder` under `path`, as every explanation does.
  func capture(_ path: String, in recorder: Recorder) throws {
    _ = try registerForwardHook(path) { _, _, output in
      recorder.tensors["\(path).activations"] = output
      return nil
    }
    _ = try registerFullBackwardHook(path) { _, _, gradOutputs in
      recorder.tensors["\(path).gradients"] = gradOutputs[0]
      return nil
    }
  }

  /// The same for one pass; of a module that is called several times its last call, whose gradient comes first.
  func captureLastCall(_ path: String, in recorder: Recorder) throws {
    _ = try registerForwardHook(path) { _, _, output in
      recorder.tensors["\(path).activations"] = output
      return nil
    }
    _ = try registerFullBackwardHook(path) { _, _, gradOutputs in
      if recorder.tensors["\(path).gradients"] == nil { recorder.tensors["\(path).gradients"] = gradOutputs[0] }
      return nil
    }
  }
}
