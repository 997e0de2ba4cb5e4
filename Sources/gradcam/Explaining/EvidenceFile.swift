import GradCAMCore
import ModelFormats

/// The evidence behind one map, as `--dump` writes it.
enum EvidenceFile {
  static func encode(_ map: ExplanationMap, _ explanation: Explanation) throws(InputError) -> [UInt8] {
    var tensors: [(name: String, values: [Float], shape: [Int])] = [
      ("input", explanation.prepared.tensor.logical(), explanation.prepared.tensor.shape.dimensions),
      ("output", explanation.output.logical(), explanation.output.shape.dimensions),
      ("activations", map.evidence.activations.logical(), map.evidence.activations.shape.dimensions),
      ("cam", map.cam.values, [map.cam.height, map.cam.width]),
      ("heatmap", map.heatmap.values, [map.heatmap.height, map.heatmap.width]),
    ]
    for (name, tensor) in [("gradients", map.evidence.gradients), ("attributions", map.attributions)] {
      if let tensor { tensors.append((name, tensor.logical(), tensor.shape.dimensions)) }
    }
    let copies = tensors.map { tensor in FileBytes(copying: tensor.values.withUnsafeBytes(Array.init)) }
    let entries = zip(tensors, copies).map { tensor, bytes in
      (name: tensor.name, type: ElementType.float32, shape: tensor.shape, bytes: bytes.bytes)
    }
    defer { withExtendedLifetime(copies) {} }
    return try SafetensorsWriter.encode(tensors: entries, metadata: ["format": "pt"])
  }
}
