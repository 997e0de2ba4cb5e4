import GradCAMCore
import ModelFormats

/// What is wrong or doubtful about images that can be explained all the same.
struct ImageDoubts: Sendable {
  private let preprocessor: Preprocessor
  /// What was typed of the preprocessing.
  private let typed: String?

  init(_ setup: Explainer.Setup, _ options: Options) {
    (preprocessor, typed) = (setup.preprocessor, options.model.preprocessing)
  }

  /// Those about one image, without its name.
  func about(_ decoded: DecodedImage) -> [InputError] {
    [decoded.warning.map { InputError("", "\($0)") }, unusedBits(of: decoded), misfit(of: decoded)].compactMap { $0 }
  }

  /// A detector's 12 bits, read as 16, are nearly black.
  private func unusedBits(of decoded: DecodedImage) -> InputError? {
    guard let use = preprocessor.partialUse(of: decoded) else { return nil }
    let remedy: Message = "if white is \(use.white): --preprocess window=0/\(use.white)"
    let bound: Message =
      use.largest > use.white ? "nearly no sample is above \(use.white)" : "no sample is above \(use.largest)"
    // Of fewer than 9 bits the key means the upper ones, which are black here.
    let bits: Message =
      use.bits < 9 ? "" : ", or, for these files alone, --preprocess \(typedPreprocessing)bits=\(use.bits)"
    return InputError("", "\(bound) of 65535, as from \(use.bits) bits", remedy: "\(remedy)\(bits)")
  }

  /// What was typed, with a comma behind it, without a number of bits.
  private var typedPreprocessing: String {
    let items = typed?.split(separator: ",").filter { !$0.hasPrefix("bits=") } ?? []
    return items.map { "\($0)," }.joined()
  }

  /// A window that fits other files of a run darkens or whitens this one.
  private func misfit(of decoded: DecodedImage) -> InputError? {
    guard let (choice, misfit) = preprocessor.misfit(of: decoded) else { return nil }
    func percent(_ share: Double) -> String { share == 1 ? "all" : "\(Int(share * 100)) %" }
    let remedy: Message =
      "for such files \(choice.hasPrefix("window") ? "window=none" : "bits=auto"), or one that fits them"
    let problem: Message =
      switch misfit {
      case .dark(let most): "\(choice) makes it darker than it is: its samples end at \(most)"
      case .black(let share): "\(choice) blackens \(percent(share)) of its samples, which are at or below its lower end"
      case .white(let share): "\(choice) whitens \(percent(share)) of its samples, which are above its upper end"
      }
    return InputError("", problem, remedy: remedy)
  }
}
