import ModelFormats

/// What a name stands for while a graph is imported: numbers that are known already, or a value of the network.
enum ONNXOperand {
  case constant(ONNXConstant)
  case value(Value, Shape)

  var shape: Shape {
    switch self {
    case .constant(let constant): constant.shape
    case .value(_, let shape): shape
    }
  }

  /// The numbers, where they are trained weights that the file itself holds.
  var weight: TensorRecord? {
    if case .constant(let constant) = self, constant.isWeight { return constant.record }
    return nil
  }
}

/// Numbers known at load: a weight, or what shape arithmetic gives.
///
/// Whole numbers are kept as floats beside a mark: sizes and indices are far below 2²⁴, up to which floats are exact; the
/// largest integers, which mean "to the end", stay the largest.
struct ONNXConstant {
  private enum Numbers {
    case record(TensorRecord)
    case tensor(Tensor)
  }

  private let numbers: Numbers
  let isInteger: Bool
  /// Whether these are trained weights or were computed of some: dequantised, turned, enlarged.
  let isTrained: Bool

  init(_ record: TensorRecord) {
    numbers = .record(record)
    isInteger = ![.float32, .float64, .float16, .bfloat16].contains(record.type)
    // Whole numbers of 8 bits are quantised ones; sizes and places have more.
    isTrained = record.elementCount > 1 && (!isInteger || [.int8, .uint8].contains(record.type))
  }

  init(_ tensor: Tensor, isInteger: Bool, isTrained: Bool = false) {
    (numbers, self.isInteger, self.isTrained) = (.tensor(tensor), isInteger, isTrained)
  }

  /// Whether these are trained weights: floating-point numbers that the file itself holds, more than one.
  var isWeight: Bool { !isInteger && record?.elementCount ?? 0 > 1 }

  /// The file's tensor, where the numbers are one's.
  var record: TensorRecord? {
    if case .record(let record) = numbers { return record }
    return nil
  }

  /// A list of whole numbers, or one where `isScalar`.
  init(integers: [Int], isScalar: Bool = false) {
    let shape = isScalar ? Shape() : Shape(integers.count)
    self.init(Tensor(integers.map(Float.init), shape), isInteger: true)
  }

  var shape: Shape {
    switch numbers {
    case .record(let record): Shape(record.shape)
    case .tensor(let tensor): tensor.shape
    }
  }

  /// The numbers; for what a convolution multiplies by, `convolutionWeight` is cheaper.
  var tensor: Tensor {
    switch numbers {
    case .record(let record): WeightLoader.tensor(record)
    case .tensor(let tensor): tensor
    }
  }

  /// The numbers as a convolution's weights, brought into order when they are needed.
  func convolutionWeight(_ loader: WeightLoader, groups: Int) -> ConvolutionWeight {
    switch numbers {
    case .record(let record): loader.convolutionWeight(record, groups: groups)
    case .tensor(let tensor): ConvolutionWeight(tensor, groups: groups)
    }
  }

  /// The numbers in logical order.
  var floats: [Float] { tensor.logical() }

  /// The numbers cut to whole ones.
  var cut: ONNXConstant { ONNXConstant(Tensor(integers.map(Float.init), shape), isInteger: true) }

  /// Whether these are truth values of the file.
  var isTruth: Bool {
    if case .record(let record) = numbers { return record.type == .bool }
    return false
  }

  /// The numbers as whole ones, cut to what an Int holds.
  var integers: [Int] {
    floats.map { number in
      if number.isNaN { return 0 }
      return Int(exactly: number.rounded(.towardZero)) ?? (number > 0 ? .max : .min)
    }
  }
}
