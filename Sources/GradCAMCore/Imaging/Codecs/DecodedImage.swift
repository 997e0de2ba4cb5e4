/// A picture as a file holds it.
public struct DecodedImage: Sendable {
  /// Gray or RGB, turned upright where that was asked for; smaller than the picture in the file where that was allowed.
  public enum Content: Sendable {
    /// Of up to 8 bits a sample, scaled to 8.
    case plain(Image)
    /// Of more.
    case deep(DeepImage)
  }

  /// The picture.
  public let content: Content
  /// How `content` comes from the whole picture; nil where it is the whole.
  public let reduction: ImageReduction?
  /// The value that stands for white, or for all of a colour, in the file's own units: those of `Preprocessing.Window`.
  public let most: Int
  /// The numbers of an array of floats, which may be a tensor that is prepared already.
  struct Values: Sendable {
    /// Row by row, the channels of a pixel side by side.
    let numbers: [Float]
    /// Whether the file has them as tensors are: channels before rows, or a batch of one.
    let isTensor: Bool
    let least, most: Float
    /// Whether they are a picture's levels, too: in 0…1 or in 0…255.
    let isPicture: Bool
  }

  /// Of an array of floats; `content` is then how it is drawn.
  var values: Values?
  /// What is wrong with the file where the picture could be read all the same.
  public internal(set) var warning: String?
  /// Whether pixels were made up for data that are missing or make no sense.
  public internal(set) var isDamaged = false
  /// Whether the file is a picture that this tool made.
  public internal(set) var isOverlay = false

  /// - Parameter most: of a plain picture's file; a deep one knows its own.
  init(_ content: Content, reduction: ImageReduction? = nil, most: Int = 255) {
    (self.content, self.reduction) = (content, reduction)
    if case .deep(let image) = content { self.most = image.most } else { self.most = most }
  }

  /// A picture from elsewhere.
  ///
  /// - Parameter reduction: how it comes from a whole picture, where it is less than that.
  public init(_ image: Image, reducedBy reduction: ImageReduction? = nil) {
    self.init(.plain(image), reduction: reduction)
  }

  /// The picture in 8 bits; see `DeepImage.narrowed` for samples of more.
  public var image: Image {
    switch content {
    case .plain(let image): image
    case .deep(let image): image.narrowed()
    }
  }

  /// 1 for gray, 3 for RGB.
  var channels: Int {
    switch content {
    case .plain(let image): image.channels
    case .deep(let image): image.channels
    }
  }

  /// Its width and height.
  public var size: ImageSize {
    switch content {
    case .plain(let image): image.size
    case .deep(let image): image.size
    }
  }
}

extension DecodedImage.Content {
  func oriented(_ orientation: Int) -> DecodedImage.Content {
    switch self {
    case .plain(let image): .plain(image.oriented(orientation))
    case .deep(let image): .deep(image.oriented(orientation))
    }
  }
}
