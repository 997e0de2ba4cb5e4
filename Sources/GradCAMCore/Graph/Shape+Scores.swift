extension Shape {
  /// How many numbers a network whose output for one image has this shape gives; nil where they are no list.
  var scoreCount: Int? {
    // A batch in front, unless there are no other axes: then it is the batch, of one score an image, or one image's list.
    guard rank < 2 || self[0] == 1, count >= 1, dimensions.count(where: { $0 > 1 }) <= 1 else { return nil }
    return count
  }
}
