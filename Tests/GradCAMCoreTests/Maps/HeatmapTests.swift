import GradCAMCore
import Testing

@Suite struct HeatmapTests {
  @Test(arguments: ImageFixtures.names("float/").filter { $0 != "source" })
  func `Equals Pillow's resize of float maps`(name: String) throws {
    let (_, kernel, width, height) = try ImageFixtures.parts("float/" + name)
    let resized = try ImageFixtures.answer("float/source").heatmap
      .resized(width: width, height: height, interpolation: kernel)
    #expect(resized == (try ImageFixtures.answer("float/\(name)").heatmap))
  }
}
