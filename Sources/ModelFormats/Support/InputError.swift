/// What is wrong with a file or a parameter, and what would be right.
///
/// Every error that a file or a user can cause is one of these; its message is the line the tool prints.
/// Readers of formats throw it without a subject, and whoever knows the file's or the parameter's name adds it.
public struct InputError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is at fault, where that is not that the content is damaged.
  public enum Fault: Hashable, Sendable {
    /// The content is sound, but of a kind that is not read.
    case kind
    /// A parameter asks for what the content does not have.
    case parameter
  }

  /// The file or parameter at fault; empty until somebody who knows it has said so.
  public var subject: Message
  /// What is wrong, in one clause.
  public var problem: Message
  /// What would be right, in one clause.
  public var remedy: Message?
  /// The system's number of what went wrong, where that was said by the system.
  public var errorNumber: Int32?
  /// Nil where nobody said it.
  public private(set) var fault: Fault?

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
    guard self.subject.isEmpty else { return self }
    var error = self
    error.subject = subject
    return error
  }

  /// The same error, saying what is at fault.
  package func blaming(_ fault: Fault) -> InputError {
    var error = self
    error.fault = fault
    return error
  }

  /// `subject: problem (remedy)`.
  public var message: Message {
    let line: Message = subject.isEmpty ? problem : "\(subject): \(problem)"
    return remedy.map { "\(line) (\($0))" } ?? line
  }

  public var description: String { message.description }
}
