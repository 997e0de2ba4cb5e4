import GradCAMCore
import ModelFormats

extension ExplainPlan {
  /// What is wrong or doubtful about an image that can be explained all the same, without its name.
  func doubts(about decoded: DecodedImage) -> [InputError] {
    [decoded.warning.map { InputError("", "\($0)") }, unusedBits(of: decoded)].compactMap { $0 }
  }

  /// A detector's 12 bits, read as 16, are nearly black.
  private func unusedBits(of decoded: DecodedImage) -> InputError? {
    guard let use = setup.preprocessor.partialUse(of: decoded) else { return nil }
    let typed = options.model.preprocessing.map { "\($0)," } ?? ""
    return InputError(
      "", "uses \(use.bits) of its 16 bits: no sample is above \(use.largest)",
      remedy: """
        if white is \(use.white): --preprocess window=0/\(use.white), or, for these files alone, \
        --preprocess \(typed)bits=\(use.bits)
        """)
  }
}
