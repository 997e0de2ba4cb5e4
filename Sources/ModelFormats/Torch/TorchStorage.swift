/// The memory of one or more tensors, as a checkpoint's pickle names it.
///
/// The name is a tuple: 'storage', the storage's class, a key, a device, a number of elements and, in the older format,
/// what part of another storage this one is; see `torch/serialization.py`.
struct TorchStorage {
  let key: String
  /// Such as `FloatStorage`.
  let className: String
  /// nil for a type that is not read.
  let type: ElementType?
  let elementSize: Int
  let elementCount: Int

  /// - Parameter node: a node of the kind `persistent`.
  init(_ node: PickleNode, in pickle: Pickle) throws(InputError) {
    guard let parts = pickle.elements(node.arguments), parts.count >= 5, case .string("storage") = parts[0],
      case .global(let name) = parts[1], case .string(let key) = parts[2], case .int(let count) = parts[4], count >= 0,
      count < 1 << 48
    else { throw InputError("", "is damaged: it names a storage in a way that torch.save does not") }
    if parts.count > 5, pickle.node(parts[5]) != nil {
      throw InputError(
        "", "has a storage that is a view of another, which old versions of PyTorch wrote and is not read",
        remedy: "load it with PyTorch and save it again")
    }
    className = String(name.split(separator: ".").last ?? "")
    if let type = Self.types[className] {
      (self.type, elementSize) = (type, type.size)
    } else if let size = Self.otherSizes[className] {
      (type, elementSize) = (nil, size)
    } else {
      throw InputError("", "has a storage of the class \(name.printable), which is not read")
    }
    (self.key, elementCount) = (key, count)
  }

  private static let types: [String: ElementType] = [
    "FloatStorage": .float32, "DoubleStorage": .float64, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
    "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8, "ByteStorage": .uint8,
    "BoolStorage": .bool,
  ]

  /// Bytes of an element of the types that are not read, which may still stand between those that are.
  private static let otherSizes = [
    "ComplexFloatStorage": 8, "ComplexDoubleStorage": 16, "QInt8Storage": 1, "QUInt8Storage": 1, "QInt32Storage": 4,
    "QUInt4x2Storage": 1, "QUInt2x4Storage": 1, "UntypedStorage": 1,
  ]
}
