/// Runs a pickle's opcodes: a stack machine that makes containers and, in place of objects, notes of what they would be.
struct PickleMachine {
  /// Far more than checkpoints hold, and few enough that a hostile file cannot fill the memory.
  static let valueLimit = 1 << 22
  static let nodeLimit = 1 << 20

  private(set) var reader: ByteReader
  private(set) var nodes: [PickleNode] = []
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var valueCount = 0

  init(_ reader: ByteReader) { self.reader = reader }

  /// Runs up to STOP.
  mutating func run() throws(InputError) -> PickleValue {
    while true {
      let byte = try reader.read(UInt8.self)
      guard let opcode = PickleOpcode(rawValue: byte) else { throw damaged("has no opcode") }
      if opcode == .stop { return try pop() }
      try execute(opcode)
    }
  }

  private mutating func execute(_ opcode: PickleOpcode) throws(InputError) {
    switch opcode {
    case .proto, .frame, .readOnlyBuffer, .stop: try passOver(opcode)
    case .none: try push(.none)
    case .newTrue: try push(.bool(true))
    case .newFalse: try push(.bool(false))
    case .int, .long, .float, .binInt, .binInt1, .binInt2, .long1, .long4, .binFloat:
      try push(reader.readPickledNumber(opcode))
    case .string, .unicode, .binString, .shortBinString, .binUnicode, .shortBinUnicode, .binUnicode8, .binBytes,
      .shortBinBytes, .binBytes8, .byteArray8:
      try push(reader.readPickledText(opcode))
    case .mark, .pop, .popMark, .dup: try shuffle(opcode)
    case .get, .binGet, .longBinGet, .put, .binPut, .longBinPut, .memoize: try remember(opcode)
    case .emptyTuple, .tuple, .tuple1, .tuple2, .tuple3, .emptyList, .list, .emptyDict, .dict, .emptySet, .frozenSet:
      try makeContainer(opcode)
    case .append, .appends, .setItem, .setItems, .addItems: try fillContainer(opcode)
    case .global, .stackGlobal: try push(.global(name(opcode)))
    case .persID, .binPersID:
      let id = opcode == .persID ? .string(try reader.readLine()) : try pop()
      try push(PickleNode(kind: .persistent, arguments: id))
    case .reduce, .newObj, .newObjEx, .inst, .obj: try makeObject(opcode)
    case .build: try setState()
    case .ext1, .ext2, .ext4, .nextBuffer: throw damaged("asks for something outside the file")
    }
  }

  // MARK: - The stack

  private mutating func push(_ value: PickleValue) throws(InputError) {
    try count()
    stack.append(value)
  }

  private mutating func push(_ node: PickleNode) throws(InputError) {
    guard nodes.count < Self.nodeLimit else { throw damaged("makes more than \(Self.nodeLimit) objects") }
    nodes.append(node)
    try push(.node(nodes.count - 1))
  }

  private mutating func count() throws(InputError) {
    valueCount += 1
    guard valueCount <= Self.valueLimit else { throw damaged("makes more than \(Self.valueLimit) values") }
  }

  /// Takes the topmost value, which may not lie below a mark.
  private mutating func pop() throws(InputError) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else { throw damaged("finds its stack empty") }
    return value
  }

  private mutating func pop(_ count: Int) throws(InputError) -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else { throw damaged("finds its stack empty") }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws(InputError) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw damaged("finds no mark on its stack") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private mutating func shuffle(_ opcode: PickleOpcode) throws(InputError) {
    switch opcode {
    case .mark:
      try count()
      marks.append(stack.count)
    case .pop where marks.last == stack.count: marks.removeLast()
    case .pop: _ = try pop()
    case .popMark: _ = try popToMark()
    default:
      guard stack.count > marks.last ?? 0, let top = stack.last else { throw damaged("finds its stack empty") }
      try push(top)
    }
  }

  private mutating func remember(_ opcode: PickleOpcode) throws(InputError) {
    let key =
      switch opcode {
      case .get, .put: try reader.readDecimal()
      case .binGet, .binPut: try reader.readCount(UInt8.self)
      case .longBinGet, .longBinPut: try reader.readCount(UInt32.self)
      default: memo.count
      }
    switch opcode {
    case .get, .binGet, .longBinGet:
      guard let value = memo[key] else { throw damaged("recalls a value that it never kept") }
      try push(value)
    default:
      guard stack.count > marks.last ?? 0, let top = stack.last else { throw damaged("finds its stack empty") }
      try count()
      memo[key] = top
    }
  }

  // MARK: - Containers

  private mutating func makeContainer(_ opcode: PickleOpcode) throws(InputError) {
    let node =
      switch opcode {
      case .emptyTuple: PickleNode(kind: .tuple)
      case .tuple1: PickleNode(kind: .tuple, items: try pop(1))
      case .tuple2: PickleNode(kind: .tuple, items: try pop(2))
      case .tuple3: PickleNode(kind: .tuple, items: try pop(3))
      case .tuple: PickleNode(kind: .tuple, items: try popToMark())
      case .emptyList: PickleNode(kind: .list)
      case .list: PickleNode(kind: .list, items: try popToMark())
      case .emptyDict: PickleNode(kind: .dictionary)
      case .dict: PickleNode(kind: .dictionary, items: try popPairs())
      case .frozenSet: PickleNode(kind: .set, items: try popToMark())
      default: PickleNode(kind: .set)
      }
    try push(node)
  }

  private mutating func popPairs() throws(InputError) -> [PickleValue] {
    let items = try popToMark()
    guard items.count.isMultiple(of: 2) else { throw damaged("has a key without a value") }
    return items
  }

  private mutating func fillContainer(_ opcode: PickleOpcode) throws(InputError) {
    let (kind, items): (PickleNode.Kind, [PickleValue]) =
      switch opcode {
      case .append: (.list, try pop(1))
      case .appends: (.list, try popToMark())
      case .setItem: (.dictionary, try pop(2))
      case .setItems: (.dictionary, try popPairs())
      default: (.set, try popToMark())
      }
    guard stack.count > marks.last ?? 0, case .node(let index) = stack.last else {
      throw damaged("adds to what is not a \(kind)")
    }
    // A class of somebody's own may be a list or a dictionary, which only shows when something is put into it.
    if nodes[index].kind == .object, nodes[index].items.isEmpty { nodes[index].kind = kind }
    guard nodes[index].kind == kind else { throw damaged("adds to what is not a \(kind)") }
    nodes[index].items += items
  }

  // MARK: - Objects

  private mutating func name(_ opcode: PickleOpcode) throws(InputError) -> String {
    if opcode == .stackGlobal {
      let parts = try pop(2)
      guard case .string(let module) = parts[0], case .string(let name) = parts[1] else {
        throw damaged("has a class without a name")
      }
      return "\(module).\(name)"
    }
    return "\(try reader.readLine()).\(try reader.readLine())"
  }

  private mutating func makeObject(_ opcode: PickleOpcode) throws(InputError) {
    let (maker, arguments): (PickleValue, PickleValue)
    switch opcode {
    case .inst, .obj:
      var items: [PickleValue]
      if opcode == .inst {
        maker = .global(try name(opcode))
        items = try popToMark()
      } else {
        items = try popToMark()
        guard !items.isEmpty else { throw damaged("makes an object of no class") }
        maker = items.removeFirst()
      }
      try push(PickleNode(kind: .tuple, items: items))
      arguments = try pop()
    default:
      if opcode == .newObjEx { _ = try pop() }
      arguments = try pop()
      maker = try pop()
    }
    try makeObject(of: maker, arguments)
  }

  private mutating func makeObject(of maker: PickleValue, _ arguments: PickleValue) throws(InputError) {
    var name = className(maker)
    if let function = name, PickleClasses.reconstructors.contains(function) {
      name = items(arguments, .tuple)?.first.flatMap(className)
    }
    guard let name, items(arguments, .tuple) != nil else { throw damaged("makes an object of what is not a class") }
    var node = PickleNode(kind: PickleClasses.kind(of: name), maker: name, arguments: arguments)
    if name == "collections.OrderedDict" { node.items = try pairs(arguments) }
    try push(node)
  }

  /// The entries of an OrderedDict that Python 2 pickled: it hands them over as a list of pairs.
  private mutating func pairs(_ arguments: PickleValue) throws(InputError) -> [PickleValue] {
    var entries: [PickleValue] = []
    guard let list = items(arguments, .tuple)?.first, let list = items(list, .list) else { return [] }
    for pair in list {
      guard let pair = items(pair, .list) ?? items(pair, .tuple), pair.count == 2 else {
        throw damaged("has a key without a value")
      }
      // Counted, because a list that is handed over a thousand times is copied as often.
      try count()
      entries += pair
    }
    return entries
  }

  private func className(_ maker: PickleValue) -> String? {
    if case .global(let name) = maker { return name }
    guard case .node(let index) = maker else { return nil }
    // What an object would give when it is called is known by the object's class.
    if let name = nodes[index].maker { return name }
    // The older format of checkpoints keeps the classes of modules, with their source, outside the pickle.
    guard nodes[index].kind == .persistent,
      let parts = items(nodes[index].arguments, .tuple), parts.count > 1, case .global(let name) = parts[1]
    else { return nil }
    return name
  }

  private func items(_ value: PickleValue, _ kind: PickleNode.Kind) -> [PickleValue]? {
    guard case .node(let index) = value, nodes[index].kind == kind else { return nil }
    return nodes[index].items
  }

  private mutating func setState() throws(InputError) {
    let state = try pop()
    guard stack.count > marks.last ?? 0, case .node(let index) = stack.last, nodes[index].maker != nil else {
      throw damaged("sets the state of what is not an object")
    }
    nodes[index].state = state
  }

  private mutating func passOver(_ opcode: PickleOpcode) throws(InputError) {
    switch opcode {
    case .proto:
      let version = try reader.read(UInt8.self)
      guard version <= 5 else { throw damaged("is of protocol \(version), and 5 is the newest that is read") }
    case .frame:
      let length = try reader.readCount(UInt64.self)
      guard length <= reader.remaining else {
        throw damaged("claims \(length) more bytes, of which \(reader.remaining) are there")
      }
    default: break
    }
  }

  private func damaged(_ what: String) -> InputError {
    InputError("", "is damaged: its pickle \(what), at byte \(reader.region.offset + reader.position)")
  }
}
