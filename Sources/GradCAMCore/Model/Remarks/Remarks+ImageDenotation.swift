import ModelFormats

extension Remarks {
  /// ONNX's own metadata of images (<https://onnx.ai/onnx/repo-docs/MetadataProps.html>), which Azure Custom Vision and converters from
  /// Core ML write: `Image.BitmapPixelFormat` and `Image.NominalPixelRange`. Keys and values may be of any case.
  static func imageDenotation(_ entries: [String: PlainValue]) throws(InputError) -> Said? {
    func value(_ name: String) -> (key: String, text: String)? {
      let found = entries.filter { $0.key.lowercased() == name }.sorted { $0.key < $1.key }.first
      return found.flatMap { entry in entry.value.text.map { (entry.key, $0.lowercased()) } }
    }
    let (format, range) = (value("image.bitmappixelformat"), value("image.nominalpixelrange"))
    guard format != nil || range != nil else { return nil }
    var preprocessing = Preprocessing(scale: 1)
    switch range?.text {
    case nil, "nominalrange_0_255": break
    case "normalized_0_1": preprocessing.scale = 255
    case "normalized_1_1": (preprocessing.scale, preprocessing.mean) = (127.5, [1])
    case "nominalrange_16_235":
      // y = 16 + x · 219/255.
      (preprocessing.mean, preprocessing.std) = ([-16 * 255 / 219], [255.0 / 219])
    default: throw wrong(range?.key ?? "", "range of samples that can be made")
    }
    switch format?.text {
    case nil: break
    case "gray8": preprocessing.channels = .gray
    case "rgb8": preprocessing.channels = .rgb
    case "bgr8": preprocessing.channels = .bgr
    default: throw wrong(format?.key ?? "", "format of pixels that can be made")
    }
    return Said(preprocessing: preprocessing, source: "the file's metadata of images")
  }
}
