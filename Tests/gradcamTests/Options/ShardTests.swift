import ModelFormats
import Testing

@testable import gradcam

@Suite struct ShardTests {
  private func shard(_ text: String) throws -> Shard { try Shard(Array(text.utf8)) }

  @Test(arguments: [2, 3, 8, 64]) func `Every image is in one part, and parts are about as large`(_ count: Int) throws {
    let shards = try (1...count).map { try shard("\($0)/\(count)") }
    var sizes = [Int](repeating: 0, count: count)
    for index in 0..<200 * count {
      let path = FilePath("images/\(index).jpg")
      let owners = shards.indices.filter { shards[$0].contains(path) }
      #expect(owners.count == 1)
      sizes[owners.first ?? 0] += 1
    }
    #expect(sizes.allSatisfy { $0 > 140 && $0 < 260 })
  }

  /// Machines of different versions of the tool must agree on who does what.
  @Test func `The parts stay what they are`() throws {
    let shards = try (1...5).map { try shard("\($0)/5") }
    let owners = ["a.jpg", "b.jpg", "in/a.jpg", "ä", ""].map { name in
      shards.firstIndex { $0.contains(FilePath(name)) }.map { $0 + 1 }
    }
    #expect(owners == [4, 1, 1, 3, 4])
  }

  @Test(arguments: ["0/2", "3/2", "1", "1/2/3", "a/2", "1/0", "/", "-1/2", "1/ 2"])
  func `What is no part of a whole`(_ text: String) {
    #expect(throws: InputError.self) { try shard(text) }
    #expect(
      explainComplaint("--shard", text)
        == "gradcam: --shard: '\(text)' is no part of a whole (I/N with I from 1 to N, as in 1/8, 2/8 … 8/8)")
  }
}
