import GradCAMCore
import ModelFormats

/// The JSON of a graph inside a model file, beside a few tensors.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let json = String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self)
  let bytes = FileBytes(copying: [UInt8](repeating: 0x3c, count: 4 * 3 * 3 * 9))
  let shapes = ["w": [3, 3, 3, 3], "b": [3], "m": [3, 27], "i": [1]]
  let tensors = shapes.map { name, shape in
    (
      name: name, type: ElementType.float32, shape: shape,
      bytes: UnsafeRawBufferPointer(rebasing: bytes.bytes[..<(4 * shape.reduce(1, *))])
    )
  }
  let metadata = ["gradcam.format": "1", "gradcam.graph": json]
  guard let file = try? SafetensorsWriter.encode(tensors: tensors, metadata: metadata) else { return 0 }
  withExtendedLifetime(bytes) {}
  if let model = try? Model.load(FileBytes(copying: Array(file))) { exercise(model) }
  return 0
}
