import GradCAMCore
import ModelFormats
import Testing

@testable import gradcam

/// Parameters that the library's errors name, as the command line shows them.
struct FlagSpellingTests {
  @Test(arguments: Parameter.allCases)
  func `Each parameter is a flag`(_ parameter: Parameter) {
    #expect(Flag.all.contains { $0.name == parameter.rawValue })
  }

  @Test func `Parameters in subjects, problems and remedies are spelled as flags`() {
    let error = InputError(
      "\(Parameter.inputShape)", "is 1×2, and \(Parameter.preprocess) makes 3×4", remedy: "\(Parameter.layer) PATH")
    #expect(error.description == "input-shape: is 1×2, and preprocess makes 3×4 (layer PATH)")
    #expect(error.withFlags == "--input-shape: is 1×2, and --preprocess makes 3×4 (--layer PATH)")
  }

  @Test func `Messages and errors inside messages keep their parameters`() {
    let cause = InputError("\(Parameter.preprocess)", "has an empty part")
    let error = InputError("w.bin", "has a wrong key: \(cause)", remedy: "\(cause.problem)")
    #expect(
      error.withFlags == "w.bin: has a wrong key: --preprocess: has an empty part (has an empty part)")
    #expect(cause.about("w.bin") == cause)
    #expect(InputError("", cause.problem).about("\(cause.subject)") == cause)
  }
}
