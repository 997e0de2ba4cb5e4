import GradCAMCore
import ModelFormats
import Testing

@testable import gradcam

@Suite struct RequirementTests {
  /// Twelve images, of which a method has a value of some only; `centre` has one of each.
  private func board(defined: Int) -> Leaderboard {
    var board = Leaderboard(seed: 0)
    for image in 0..<12 {
      board.add(
        image: Array("\(image).png".utf8),
        [
          (.init(method: "gradcam", layer: "layer4"), ["pointing": image < defined ? 1 : .nan]),
          (.init(method: "centre", layer: "input"), ["pointing": 0.5]),
        ])
    }
    return board
  }

  @Test func `A mean over few of the images keeps to no bound`() throws {
    let requirement = try Requirement(Array("pointing>=0.7".utf8))
    #expect(requirement.failure(in: board(defined: 12)) == nil)
    #expect(requirement.failure(in: board(defined: 11)) == nil)
    let failure = try #require(requirement.failure(in: board(defined: 6)))
    #expect(
      "\(failure)"
        == "--require: pointing>=0.7 does not hold: gradcam at layer4 has a pointing for 6 of 12 images only")
  }

  @Test func `A bound that a mean breaks is told with the mean and its interval`() throws {
    let requirement = try Requirement(Array("centre:pointing>0.6".utf8))
    let failure = try #require(requirement.failure(in: board(defined: 12)))
    #expect("\(failure)".hasSuffix("centre at input has 0.5, 95 % from 0.5 to 0.5"))
  }
}
