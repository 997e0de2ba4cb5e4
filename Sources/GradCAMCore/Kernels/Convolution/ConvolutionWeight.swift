import CKernels
import Synchronization

/// A convolution's weights K C/groups R S, in whatever order the algorithms want them.
///
/// They stay where the file has them until an algorithm asks for its own order, which is then made once and shared by all sessions.
final class ConvolutionWeight: Sendable {
  /// An order that an algorithm multiplies by, a group after the other.
  enum Form: Hashable, Sendable {
    /// A matrix of R·S·C/groups rows and K/groups columns.
    case panels
    /// A matrix of C/groups rows and K/groups columns for each point of the transform.
    case winograd(Winograd)
    /// The two above for the convolution that gives the input's gradient where the stride is 1.
    case gradientPanels
    case gradientWinograd(Winograd)
    /// By block of input channels and by tap, a matrix of K/groups rows: what each place of a patch receives (`PatchGradient`).
    case patches
    /// R S C K: the outputs of one tap side by side.
    case direct
    /// R S K: the channels of one tap side by side.
    case depthwise

    /// What listings and files call it; nil for the orders of backward passes, which stand in neither.
    var name: String? {
      switch self {
      case .panels: "panels"
      case .direct: "direct"
      case .depthwise: "depthwise"
      case .winograd(let winograd): winograd.rawValue
      case .gradientPanels, .gradientWinograd, .patches: nil
      }
    }
  }

  /// Makes sure of what lies in a file.
  typealias Check = @Sendable (_ threads: Workers) -> Void

  private struct Copies {
    var stored: Tensor?
    var forms: [Form: TensorStorage] = [:]
    /// Of what has not been used yet: the weights as the file has them, and those that were adopted.
    var check: Check?
    var checks: [Form: Check] = [:]

    mutating func checkPlain(threads: Workers) {
      check?(threads)
      check = nil
    }
  }

  let shape: Shape
  let groups: Int
  /// What a file calls them; nil for weights that no file holds.
  let name: String?
  /// Whether they are a matrix that rows are multiplied by.
  let isMatrix: Bool
  private let view: WeightView
  private let owner: any Sendable
  /// Called when a copy has been made: the file's pages are not needed for now.
  private let discard: @Sendable () -> Void
  private let copies: Mutex<Copies>

  /// Weights in stored order.
  init(_ tensor: Tensor, groups: Int, name: String? = nil) {
    (shape, self.groups, self.name, owner, discard) = (tensor.shape, groups, name, tensor.storage, {})
    isMatrix = false
    view = WeightView(stored: tensor.elements, tensor.shape)
    copies = Mutex(Copies(stored: tensor))
  }

  /// A matrix that rows are multiplied by, as the weights of a convolution of 1×1.
  ///
  /// - Parameter isTurned: whether it is C × K, as ONNX's MatMul has it, and not K × C.
  init(matrix: Tensor, isTurned: Bool) {
    let (k, c) = isTurned ? (matrix.shape[1], matrix.shape[0]) : (matrix.shape[0], matrix.shape[1])
    (shape, groups, name, owner, discard) = (Shape(k, c, 1, 1), 1, nil, matrix.storage, {})
    isMatrix = true
    view = WeightView(matrix: matrix.elements, shape, isTurned: isTurned)
    copies = Mutex(Copies())
  }

  /// Weights as a file has them, which `owner` keeps mapped.
  ///
  /// - Parameter check: called once, before they are used.
  init(
    logical base: UnsafePointer<Float>, _ shape: Shape, groups: Int, name: String?, owner: any Sendable,
    check: @escaping Check, discard: @escaping @Sendable () -> Void
  ) {
    (self.shape, self.groups, self.name, self.owner, self.discard) = (shape, groups, name, owner, discard)
    isMatrix = false
    view = WeightView(logical: base, shape)
    copies = Mutex(Copies(check: check))
  }

  /// A number made of some of the weights, spread over all of them, which tells whether others have taken their place.
  var sample: String {
    let count = min(shape.count, 16)
    let weights = (0..<count).map { index in
      let place = index * (shape.count - 1) / max(count - 1, 1)
      let (tap, rest) = (place % (shape.h * shape.w), place / (shape.h * shape.w))
      return view[rest / shape.c, rest % shape.c, tap / shape.w, tap % shape.w]
    }
    discard()
    return String(FNV1a.hash64(units: weights.lazy.map(\.bitPattern)), radix: 16)
  }

  /// The digest of the weights in logical order, as model files hold them.
  func digest(threads: Workers) -> UInt64 {
    guard copies.withLock({ $0.stored == nil }) else {
      return tensor.logical().withUnsafeBytes { Fingerprint.of($0, threads: threads) }
    }
    let weights = UnsafeBufferPointer(start: view.base, count: shape.count)
    return Fingerprint.of(UnsafeRawBufferPointer(weights), threads: threads)
  }

  /// The weights in stored order, K R S C/groups.
  var tensor: Tensor {
    copies.withLock { copies in
      if let tensor = copies.stored { return tensor }
      copies.checkPlain(threads: .one)
      let tensor = Tensor(shape) { view.writeStored(to: $0) }
      copies.stored = tensor
      discard()
      return tensor
    }
  }

  /// The weights in stored order, of which no copy is kept that was not there.
  var copy: Tensor {
    copies.withLock { copies in
      if let tensor = copies.stored { return tensor }
      copies.checkPlain(threads: .one)
      let tensor = Tensor(shape) { view.writeStored(to: $0) }
      discard()
      return tensor
    }
  }

  /// The weights in the order `form`, made now where they have not been yet.
  func packed(_ form: Form, _ context: ExecutionContext) -> TensorStorage {
    copies.withLock { copies in
      if let storage = copies.forms[form] {
        if !copies.checks.isEmpty { copies.checks.removeValue(forKey: form)?(context.threads) }
        return storage
      }
      copies.checkPlain(threads: context.threads)
      let storage = TensorStorage(count: count(form))
      pack(form, to: storage.base, context)
      copies.forms[form] = storage
      discard()
      return storage
    }
  }

  /// Takes over weights that a file has in the order `form` already.
  ///
  /// - Parameter check: called once, before they are used.
  func adopt(_ storage: TensorStorage, as form: Form, check: Check? = nil) {
    copies.withLock { ($0.forms[form], $0.checks[form]) = (storage, check) }
  }

  /// Whether they are in the order `form` already.
  func has(_ form: Form) -> Bool { copies.withLock { $0.forms[form] != nil } }

  /// Floats of the weights in the order `form`.
  func count(_ form: Form) -> Int {
    switch form {
    case .winograd(let winograd), .gradientWinograd(let winograd):
      winograd.points * winograd.points * shape.n * shape.c
    case .panels, .gradientPanels, .patches, .direct, .depthwise: shape.count
    }
  }

  private func pack(_ form: Form, to target: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let size = count(form) / groups
    let outputs = shape.n / groups
    for group in 0..<groups {
      let (part, target) = (view.outputs(group * outputs..<(group + 1) * outputs), target + group * size)
      switch form {
      case .panels: packPanels(part, to: target, context)
      case .gradientPanels: packPanels(part.gradient, to: target, context)
      case .winograd(let winograd): packPoints(part, winograd, to: target, context)
      case .gradientWinograd(let winograd): packPoints(part.gradient, winograd, to: target, context)
      case .direct: part.writePanel(to: target)
      case .patches: packPatches(part, to: target, context)
      case .depthwise: packTaps(part, group, to: target - group * size)
      }
    }
  }

  private func packPanels(_ view: WeightView, to target: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let rows = view.rows * view.columns * view.channels
    parallelFor(PackedMatrix.panels(view.outputs), threads: context.threads) { panel, _ in
      let columns = PackedMatrix.range(panel, of: view.outputs)
      view.outputs(columns).writePanel(to: target + columns.lowerBound * rows)
    }
  }

  private func packPoints(
    _ view: WeightView, _ winograd: Winograd, to target: UnsafeMutablePointer<Float>, _ context: ExecutionContext
  ) {
    let transform = winograd.kernels(context.kernels).weights
    parallelFor(PackedMatrix.panels(view.outputs), threads: context.threads) { panel, _ in
      let columns = PackedMatrix.range(panel, of: view.outputs)
      withUnsafePointer(to: view.outputs(columns).record) {
        transform?($0, target + columns.lowerBound * view.channels, view.channels * view.outputs)
      }
    }
  }

  private func packPatches(_ view: WeightView, to target: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let taps = view.rows * view.columns
    let size = PatchGradient.block(view.channels)
    parallelFor(view.channels, blockSize: size, threads: context.threads) { channels, _ in
      var line = target + channels.lowerBound * taps * view.outputs
      for tap in 0..<taps {
        for output in 0..<view.outputs {
          for channel in channels {
            line[channel - channels.lowerBound] = view[output, channel, tap / view.columns, tap % view.columns]
          }
          line += channels.count
        }
      }
    }
  }

  private func packTaps(_ view: WeightView, _ group: Int, to target: UnsafeMutablePointer<Float>) {
    let (outputs, all) = (view.outputs, view.outputs * groups)
    for tap in 0..<view.rows * view.columns {
      for output in 0..<outputs {
        target[tap * all + group * outputs + output] = view[output, 0, tap / view.columns, tap % view.columns]
      }
    }
  }
}
