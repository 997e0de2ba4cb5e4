/// What is wrong with a file or a parameter, and what would be right.
///
/// Every error that a file or a user can cause is one of these; its message is the line the tool prints.
/// Readers of formats throw it without a subject, and whoever knows the file's or the parameter's name adds it.
public struct InputError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file or parameter at fault; empty until somebody who knows it has said so.
  public var subject: Message
  /// What is wrong, in one clause.
  public var problem: Message
  /// What would be right, in one clause.
  public var remedy: Message?
  /// The system's number of what went wrong, where that was said by the system.
  public var errorNumber: Int32?

  /// - Parameters:
  ///   - subject: the file or parameter at fault; empty where that is not known here.
  ///   - problem: what is wrong, in one clause.
  ///   - remedy: what would be right, in one clause.
  ///   - errorNumber: the system's, where it said what went wrong.
  public init(_ subject: Message = "", _ problem: Message, remedy: Message? = nil, errorNumber: Int32? = nil) {
    self.subject = subject
    self.problem = problem
    self.remedy = remedy
    self.errorNumber = errorNumber
  }

  /// The same error, naming `subject` where none was named before.
  public func about(_ subject: Message) -> InputError {
    self.subject.isEmpty ? InputError(subject, problem, remedy: remedy, errorNumber: errorNumber) : self
  }

  /// `subject: problem (remedy)`.
  public var message: Message {
    let line: Message = subject.isEmpty ? problem : "\(subject): \(problem)"
    return remedy.map { "\(line) (\($0))" } ?? line
  }

  public var description: String { message.description }
}
