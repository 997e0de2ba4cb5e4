public import ModelFormats

extension Model {
  /// The method that explains where none is named: what the model's file says, else Grad-CAM.
  ///
  /// - Throws: `InputError` about `method` where the file names one that this version does not have.
  public func method() throws(InputError) -> any CAMMethod {
    guard let name = defaultMethod else { return GradCAM() }
    if let method = CAMMethods.all.first(where: { $0.name == name }) { return method }
    throw InputError(
      .method, "has to be named: the model file says '\(name.brief())', which this gradcam does not have",
      remedy: "\(.method) gradcam, or a newer gradcam")
  }
}
