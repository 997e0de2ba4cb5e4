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

  @Test func `A label is found whatever its case, where that is one class`() {
    let labels = ["Cat", "dog", "DOG", "Straße", "fox"]
    #expect(refusal("cat", labels) == nil && refusal("STRASSE", labels) != nil && refusal("straßE", labels) == nil)
    #expect(Target(parsing: "FOX").fixedIndex(labels: labels, outputCount: 5) == 4)
    #expect(Target(parsing: "dog").fixedIndex(labels: labels, outputCount: 5) == 1)
    #expect(Target(parsing: "DOG").fixedIndex(labels: labels, outputCount: 5) == 2)
    #expect(refusal("Dog", labels) == "'Dog' is the label of 2 classes (one of the indices 1, 2)")
    #expect(Target(parsing: "Negative").fixedIndex(labels: [], outputCount: 1) == 0)
  }

  @Test func `Any number of the surest classes, and indexes between commas`() {
    #expect(Target(parsing: "top3") == .best(3) && Target(parsing: "top5") == .top5 && "\(Target.best(12))" == "top12")
    for text in ["top0", "top-1", "top1.5", "topmost", "Top3", "top99999999999999999999"] {
      #expect(Target(parsing: text) == .label(text))
    }
    #expect(!Target.best(1).isSeveral && Target.best(2).isSeveral && Target.best(1).dependsOnImage)
    #expect(Target.several(parsing: "3,5, 7") == [.index(3), .index(5), .index(7)])
    for text in ["3", "cat, tabby", "1,", "1,x", ",", "-1,2"] {
      #expect(Target.several(parsing: text) == [Target(parsing: text)])
    }
  }

  @Test func `Labels between commas are several where each is one of the model's`() {
    let labels = ["cat", "fox", "tench, Tinca tinca", "cat,fox,tench", "Dog", "dog"]
    func separated(_ text: String) -> [Target] { Target(parsing: text).separated(labels: labels, outputCount: 6) }
    #expect(
      separated("cat,fox") == [.label("cat"), .label("fox")] && separated("Fox , 3") == [.label("Fox"), .index(3)])
    for text in [
      "cat", "tench, Tinca tinca", "cat,fox,tench", "cat,wolf", "cat,", "cat,all", "cat,top2", "cat,DOG", "cat,6",
    ] {
      #expect(separated(text) == [Target(parsing: text)])
    }
    #expect(separated("Cat,Fox").map { $0.fixedIndex(labels: labels, outputCount: 6) } == [0, 1])
    // What is said is about the one that is none.
    #expect(refusal("cat,wolf", labels)?.hasPrefix("'wolf' is no class of this model") == true)
    #expect(refusal("cat,6", labels) == "6 is no class of this model (0 to 5)")
    #expect(refusal("wolf,bear", labels)?.hasPrefix("'wolf,bear' is no class of this model") == true)
  }
}

extension InputError {
  fileprivate var withoutSubject: String { InputError("", problem, remedy: remedy).description }
}
