import ModelFormats

/// An image to be explained, and what its outputs are named after.
struct ImageSource: Hashable, Sendable {
  /// What is opened, and what records and lines call the image; `-` is standard input.
  let path: FilePath
  /// The folders between the folder operand and the image, kept below `--output-dir`; empty for other images.
  let folder: FilePath
  /// What overlays' names begin with.
  let name: FilePath
  /// What `{stem}` stands for.
  let stem: FilePath

  /// An image named on the command line: overlays carry its stem. `-` is standard input.
  init(operand path: FilePath) {
    let stem = path.isDash ? FilePath("stdin") : path.stem
    self.init(path: path, folder: FilePath(""), name: stem, stem: stem)
  }

  /// An image from a list: overlays carry its whole name, so that `a.jpg` and `a.png` keep apart.
  init(listed path: FilePath) {
    self.init(path: path, folder: FilePath(""), name: path.lastComponent, stem: path.stem)
  }

  /// An image found below `root`, at `relative`.
  init(found relative: FilePath, below root: FilePath) {
    let parent = relative.parent
    let folder = parent == FilePath(".") ? FilePath("") : parent
    self.init(path: root.appending(relative), folder: folder, name: relative.lastComponent, stem: relative.stem)
  }

  private init(path: FilePath, folder: FilePath, name: FilePath, stem: FilePath) {
    (self.path, self.folder, self.name, self.stem) = (path, folder, name, stem)
  }
}
