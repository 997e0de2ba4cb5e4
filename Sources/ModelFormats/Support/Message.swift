/// Text that may name parameters. Whoever shows it spells them as its reader knows them: by their names for a program that
/// calls a library, by their flags on a command line.
public struct Message: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringInterpolation {
  private enum Piece: Hashable, Sendable {
    case text(String)
    case parameter(String)
  }

  /// Neighbouring texts are one piece, so that what reads alike is equal.
  private var pieces: [Piece] = []

  public init(stringLiteral text: String) { append(text) }
  public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.message }

  /// The text, parameters by their own names.
  public var description: String { spelled { $0 } }

  /// The text, each parameter's name spelled by `spelling`.
  public func spelled(_ spelling: (_ parameter: String) -> String) -> String {
    pieces.reduce(into: "") { text, piece in
      switch piece {
      case .text(let part): text += part
      case .parameter(let name): text += spelling(name)
      }
    }
  }

  var isEmpty: Bool { pieces.isEmpty }

  private mutating func append(_ text: String) {
    if case .text(let before) = pieces.last {
      pieces[pieces.count - 1] = .text(before + text)
    } else if !text.isEmpty {
      pieces.append(.text(text))
    }
  }

  private mutating func append(_ message: Message) {
    for piece in message.pieces {
      if case .text(let part) = piece { append(part) } else { pieces.append(piece) }
    }
  }

  /// Keeps the parameters of the messages and errors that are interpolated.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var message: Message = ""

    public init(literalCapacity: Int, interpolationCount: Int) {}

    public mutating func appendLiteral(_ literal: String) { message.append(literal) }
    /// A value's description, cut where it is longer than any path: names out of files may be of any length.
    public mutating func appendInterpolation(_ value: some Any) { message.append("\(value)".shortened()) }
    /// A message with its parameters.
    public mutating func appendInterpolation(_ other: Message) { message.append(other) }
    /// An error's message with its parameters.
    public mutating func appendInterpolation(_ error: InputError) { message.append(error.message) }
    /// The parameter called `name`.
    public mutating func appendInterpolation(parameter name: String) { message.pieces.append(.parameter(name)) }
  }
}
