import FoundationEssentials
import GradCAMCore
import ModelFormats

/// The JSON of a graph inside a model file, beside the tensors that its key `beside` lists, which only this reads; or a few.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let json = String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self)
  let tensors = BesideTensors.read(json).compactMap { $0.tensor }
  let metadata = ["gradcam.format": "1", "gradcam.graph": json]
  let listed = tensors.map { (name: $0.name, type: $0.type, shape: $0.shape, bytes: $0.file.bytes) }
  let encoded = try? SafetensorsWriter.encode(tensors: listed, metadata: metadata)
  withExtendedLifetime(tensors) {}
  guard let file = encoded else { return 0 }
  keep(file)
  if let model = try? Model.load(FileBytes(copying: file)) { exercise(model) }
  return 0
}

/// The tensors that a graph's JSON is laid beside.
private struct BesideTensors: Decodable {
  struct Entry: Decodable {
    var name: String
    var type: String
    var shape: [Int]
    /// Of whole numbers.
    var values: [Int64]?

    /// nil where it would be large or makes no sense.
    var tensor: (name: String, type: ElementType, shape: [Int], file: FileBytes)? {
      guard let type = ElementType(rawValue: type), shape.allSatisfy((0...1 << 12).contains) else { return nil }
      let count = shape.reduce(1.0) { $0 * Double($1) }
      guard count <= Double(1 << 14) else { return nil }
      var bytes = [UInt8](repeating: 0x3c, count: Int(count) * type.size)
      if type == .int64, let values, values.count == Int(count) {
        bytes = values.flatMap { value in withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) } }
      }
      return (name, type, shape, FileBytes(copying: bytes))
    }
  }

  var beside: [Entry]

  static func read(_ json: String) -> [Entry] {
    if let read = try? JSONDecoder().decode(BesideTensors.self, from: Data(json.utf8)) {
      return Array(read.beside.prefix(256))
    }
    let usual = ["w": [3, 3, 3, 3], "b": [3], "m": [3, 27], "i": [1]]
    return usual.map { Entry(name: $0, type: "F32", shape: $1) }
  }
}
