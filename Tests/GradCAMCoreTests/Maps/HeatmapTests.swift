import GradCAMCore
import Testing

@Suite("Maps") struct HeatmapTests {
  @Test("equals Pillow's resize of float maps", arguments: ImageFixtures.names("float/").filter { $0 != "source" })
  func float(name: String) throws {
    let (_, kernel, width, height) = try ImageFixtures.parts("float/" + name)
    let resized = try ImageFixtures.answer("float/source").heatmap
      .resized(width: width, height: height, interpolation: kernel)
    #expect(resized == (try ImageFixtures.answer("float/\(name)").heatmap))
  }
}
