/// The completion script for fish 3 and later.
enum FishCompletions {
  static let script: [String] =
    functions + [line(["-f"])]
    + CommandTable.shown.map { line(["-n", condition(""), "-a", $0.name, "-d", quoted($0.summary)]) }
    + [Flag.help, Flag.version].map { flagLine($0, of: "") }
    + CommandTable.all.flatMap { command in
      Flag.table(of: command).map { flagLine($0, of: command.name) } + operandLine(command)
    }

  private static let functions = #"""
    # Completions of gradcam for fish, as `gradcam completions fish` prints them.

    # Whether this command was typed; the empty one where none was.
    function __gradcam_command
        set -l words (commandline -opc)
        test "$words[2]" = "$argv[1]"
    end

    # Words between commas: what stands before the last comma is kept.
    function __gradcam_list
        set -l typed (commandline -ct | string replace -r -- '^--[^=]*=' '')
        set -l before (string match -r -- '^.*,' "$typed")
        printf '%s\n' "$before"$argv
    end

    # The layers of the model that was typed: behind --weights, or the first operand that there is.
    function __gradcam_layers
        set -l words (commandline -opc)
        set -l model
        set -l operand
        set -l previous
        for word in $words[3..]
            if string match -q -- '--weights=*' $word
                set model (string replace -- '--weights=' '' $word)
            else if contains -- "$previous" -w --weights
                set model $word
            else if test -z "$operand"; and not string match -q -- '-*' $word; and test -e $word
                set operand $word
            end
            set previous $word
        end
        test -n "$model"; or set model $operand
        test -n "$model"; or return
        __gradcam_list (LISTING)
    end

    """#
    .replacing("LISTING", with: Offer.listingLayers)
    .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)

  private static func line(_ words: [String]) -> String { (["complete -c gradcam"] + words).joined(separator: " ") }

  private static func condition(_ command: String) -> String { quoted("__gradcam_command \"\(command)\"") }

  private static func flagLine(_ flag: Flag, of command: String) -> String {
    let letter = flag.short.map { ["-s", String(decoding: [$0], as: UTF8.self)] } ?? []
    let value = flag.value.placeholder == nil ? [] : words(flag.value.offer)
    return line(["-n", condition(command)] + letter + ["-l", flag.name] + value + ["-d", quoted(flag.brief)])
  }

  private static func operandLine(_ command: Command) -> [String] {
    switch command.operandOffer() {
    case .nothing: []
    case .files: [line(["-n", condition(command.name), "-F"])]
    case let offer: [line(["-n", condition(command.name)] + words(offer).dropFirst())]
    }
  }

  /// `-r` for a value that must follow, `-x` for one that is no file, and what it may be.
  private static func words(_ offer: Offer) -> [String] {
    switch offer {
    case .nothing: ["-x"]
    case .files: ["-r", "-F"]
    case .folders: ["-x", "-a", "'(__fish_complete_directories (commandline -ct))'"]
    case .words(let words): ["-x", "-a", quoted(words.joined(separator: " "))]
    case .list(let words): ["-x", "-a", quoted("(__gradcam_list \(words.joined(separator: " ")))")]
    case .layers: ["-x", "-a", quoted("(__gradcam_layers)")]
    }
  }

  private static func quoted(_ text: String) -> String {
    "'\(text.replacing(#"\"#, with: #"\\"#).replacing("'", with: #"\'"#))'"
  }
}
