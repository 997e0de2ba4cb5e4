/// What is wrong with a file or an option, and what would be right.
///
/// Every error that a file or a user can cause is one of these; its description is the line the tool prints.
/// Readers of formats throw it without a subject, and whoever knows the file's or the option's name adds it.
public struct InputError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file or option at fault; empty until somebody who knows it has said so.
  public var subject: String
  /// What is wrong, in one clause.
  public var problem: String
  /// What would be right, in one clause.
  public var remedy: String?
  /// The system's number of what went wrong, where that was said by the system.
  public var errorNumber: Int32?

  public init(_ subject: String = "", _ problem: String, remedy: String? = nil, errorNumber: Int32? = nil) {
    self.subject = subject
    self.problem = problem
    self.remedy = remedy
    self.errorNumber = errorNumber
  }

  /// The same error, naming `subject` where none was named before.
  public func about(_ subject: String) -> InputError {
    self.subject.isEmpty ? InputError(subject, problem, remedy: remedy, errorNumber: errorNumber) : self
  }

  public var description: String {
    var line = subject.isEmpty ? problem : "\(subject): \(problem)"
    if let remedy { line += " (\(remedy))" }
    return line
  }
}
