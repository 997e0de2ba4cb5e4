import Testing

@testable import GradCAMCore

/// Layouts under other shapes.
@Suite struct LayoutReshapingTests {
  let image = Layout(image: Shape(1, 4, 6, 12))

  /// As torchvision's MaxViT goes from windows of 2 × 4 to a grid of 2 × 4.
  @Test func `Rows and columns of windows become those of others in one reshape`() {
    let windows = image.reshaped(to: Shape(1, 4, 3, 2, 3, 4))
    let others = windows.reshaped(to: Shape(1, 4, 2, 3, 4, 3))
    #expect(!others.isUnknown && others == image.reshaped(to: Shape(1, 4, 2, 3, 4, 3)))
  }

  @Test func `Places that no longer lie along each other are not followed`() {
    var turned = image.reshaped(to: Shape(1, 4, 3, 2, 3, 4))
    turned.axes.swapAt(2, 3)
    #expect(turned.reshaped(to: Shape(1, 4, 3, 2, 4, 3)).isUnknown)
    #expect(image.reshaped(to: Shape(1, 4, 8, 9)).isUnknown)
  }
}
