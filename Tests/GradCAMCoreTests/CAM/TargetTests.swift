import ModelFormats
import Testing

@testable import GradCAMCore

/// Which class is meant by what a user says.
@Suite struct TargetTests {
  private func refusal(_ text: String, _ labels: [String]) -> String? {
    do throws(InputError) {
      try Target(parsing: text).check(labels: labels, outputCount: labels.count)
      return nil
    } catch {
      return error.withoutSubject
    }
  }

  @Test func `A label that several classes have names none of them`() {
    let labels = ["crane", "dog", "crane", "", "", "9", "9"]
    #expect(refusal("crane", labels) == "'crane' is the label of 2 classes (one of the indices 0, 2)")
    #expect(refusal("9", labels) == "'9' is the label of 2 classes (one of the indices 5, 6)")
    #expect(refusal("", labels) == "'' is the label of 2 classes (one of the indices 3, 4)")
    #expect(refusal("dog", labels) == nil && refusal("2", labels) == nil)
  }
}

extension InputError {
  fileprivate var withoutSubject: String { InputError("", problem, remedy: remedy).description }
}
