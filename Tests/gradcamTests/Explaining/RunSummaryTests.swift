import ModelFormats
import Testing

@testable import gradcam

@Suite struct RunSummaryTests {
  @Test(arguments: [(0.04, "0.0 s"), (59.94, "59.9 s"), (60, "1:00 min"), (3599, "59:59 min"), (7384, "2:03:04 h")])
  func `Durations`(_ seconds: Double, _ text: String) { #expect(RunSummary.duration(seconds) == text) }

  @Test func `One image needs no summary, several do`() throws {
    var summary = RunSummary()
    #expect(summary.line == nil)
    summary.add(.failed(FilePath("a"), InputError("", "x"), .damaged))
    #expect(summary.line == nil && summary.failed == 1)
    summary.add(.failed(FilePath("b"), InputError("", "x"), .unreadable))
    summary.add(.failed(FilePath("c"), InputError("", "x"), .damaged))
    summary.add(.finishedBefore)
    let line = try #require(summary.line)
    #expect(line.hasPrefix("4 images in "))
    #expect(line.hasSuffix(" a second): 0 explained, 1 unreadable, 2 damaged, 1 finished before"))
  }
}
