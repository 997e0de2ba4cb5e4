/// A checkpoint as `torch.save` wrote it before PyTorch 1.6, and still does on demand: five pickles in a row (a magic
/// number, the protocol's version, facts of the machine, the object, the storages' keys), then each storage as a count
/// of elements (8 bytes) and the elements; see `_legacy_load` in `torch/serialization.py`.
enum TorchLegacyStream {
  /// 0x1950a86a20f9469cfc6c, lowest byte first.
  private static let magic: [UInt8] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]

  static func read(_ file: FileBytes) throws(InputError) -> TorchContents {
    var reader = ByteReader(file.region)
    let first = try Pickle(&reader)
    guard case .bigInteger(magic) = first.root else {
      let makers = first.nodes.lazy.compactMap(\.maker)
      if let maker = makers.first(where: { $0 == PickleClasses.pickledStorage }) ?? first.node(first.root)?.maker {
        throw PickleClasses.refusal(of: maker, isModule: false)
      }
      throw InputError("", "is a pickle, but not one that torch.save wrote", remedy: .saveWeights)
    }
    guard case .int(1001) = try Pickle(&reader).root else {
      throw InputError("", "is a PyTorch checkpoint of an unknown protocol, and 1001 is the only one there was")
    }
    let machine = try Pickle(&reader)
    for case ("little_endian", .bool(false)) in machine.entries(machine.root) ?? [] {
      throw TorchContents.foreignByteOrder
    }
    let pickle = try Pickle(&reader)
    let keys = try Pickle(&reader)
    return TorchContents(pickle: pickle, storages: try storages(keys, of: pickle, &reader))
  }

  /// Whether something outside the pickle is the class of a module, with its source, and no storage.
  private static func isModuleClass(_ node: PickleNode, _ pickle: Pickle) -> Bool {
    guard case .string("module") = pickle.elements(node.arguments)?.first else { return false }
    return true
  }

  private static func storages(
    _ keys: Pickle, of pickle: Pickle, _ reader: inout ByteReader
  ) throws(InputError) -> [String: ByteRegion] {
    var named: [String: TorchStorage] = [:]
    for node in pickle.nodes where node.kind == .persistent && !isModuleClass(node, pickle) {
      let storage = try TorchStorage(node, in: pickle)
      if let other = named.updateValue(storage, forKey: storage.key), other.elementSize != storage.elementSize {
        throw InputError("", "is damaged: the storage \(storage.key.printable) is of two types")
      }
    }
    var storages: [String: ByteRegion] = [:]
    for key in keys.elements(keys.root) ?? [] {
      guard case .string(let key) = key, let storage = named[key], storages[key] == nil else {
        throw InputError("", "is damaged: the keys of its storages are not those that its pickle names")
      }
      let count = try reader.readCount(UInt64.self)
      guard count <= reader.remaining / storage.elementSize else {
        throw InputError(
          "", "is cut short: storage \(key.printable) has \(count) elements, and \(reader.remaining) bytes are left")
      }
      storages[key] = try reader.take(count * storage.elementSize)
    }
    return storages
  }
}
