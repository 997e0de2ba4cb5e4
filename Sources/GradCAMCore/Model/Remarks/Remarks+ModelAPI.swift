import ModelFormats

extension Remarks {
  /// What OpenVINO's Training Extensions write for its Model API: `model_info mean_values` and `model_info scale_values`, of samples from 0 to
  /// 255, with spaces between them; `model_info resize_type` (`standard` squashes, `crop` cuts the middle out);
  /// `model_info reverse_input_channels` (<https://github.com/open-edge-platform/training_extensions>, its exporters).
  static func modelAPI(_ entries: [String: PlainValue]) throws(InputError) -> Said? {
    func numbers(_ key: String) throws(InputError) -> [Double]? {
      guard let text = entries[key]?.text else { return nil }
      let numbers = text.split { " ,".contains($0) }.compactMap { Double($0) }.filter(\.isFinite)
      guard !numbers.isEmpty, numbers.count == text.split(whereSeparator: { " ,".contains($0) }).count else {
        throw wrong(key, "list of numbers")
      }
      return numbers
    }
    let mean = try numbers("model_info mean_values")
    let std = try numbers("model_info scale_values")
    guard mean != nil || std != nil else { return nil }
    if let reversed = entries["model_info reverse_input_channels"]?.text?.lowercased(),
      ["true", "yes"].contains(reversed)
    {
      throw InputError(
        "", "the file's model_info reverse_input_channels does not tell which order the channels had before")
    }
    let preprocessing = Preprocessing(scale: 1, mean: mean ?? [0], std: std ?? [1])
    return Said(preprocessing: preprocessing, source: "OpenVINO's model_info")
  }
}
