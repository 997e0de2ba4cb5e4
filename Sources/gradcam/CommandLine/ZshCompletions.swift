/// The completion script for zsh: a file named `_gradcam` in a folder of `$fpath`, or sourced.
enum ZshCompletions {
  static let script: [String] =
    [
      "#compdef gradcam", "# Completions of gradcam for zsh, as `gradcam completions zsh` prints them.",
    ]
    + layerFunction
    + ["_gradcam() {", "  local -a commands=("]
    + CommandTable.shown.map { "    \("\($0.name):\($0.summary)".shellQuoted)" }
    + [
      "  )", "  if (( CURRENT == 2 )); then", "    if [[ $words[2] == -* ]]; then", "      _arguments \\",
    ]
    + list([Flag.help, Flag.version].flatMap(specifications), indent: 8)
    + [
      "    else", "      _describe -t commands command commands", "    fi", "    return", "  fi",
      "  local command=$words[2]", "  shift words", "  (( CURRENT-- ))", "  case $command in",
    ]
    + CommandTable.all.flatMap(branch)
    + [
      "  esac", "}", "", "# Found by compinit this file is the function's first call; sourced it has to say so.",
      "if [[ $funcstack[1] == _gradcam ]]; then _gradcam \"$@\"; else compdef _gradcam gradcam; fi",
    ]

  private static func branch(_ command: Command) -> [String] {
    let operands = "*:\(escaped(command.operands.isEmpty ? " " : command.operands)):\(action(command.operandOffer()))"
    let arguments =
      Flag.table(of: command).flatMap(specifications) + (command.operandOffer() == .nothing ? [] : [operands])
    return ["  \(command.name))", "    _arguments -s -S \\"] + list(arguments, indent: 6) + ["    ;;"]
  }

  /// One of `_arguments`' specifications for each spelling: `(-m --method)-m+[how …]:NAME: …`.
  private static func specifications(_ flag: Flag) -> [String] {
    let others = flag.value.addsUp ? "*" : "(\(flag.spellings.joined(separator: " ")))"
    let text = "[\(flag.brief.replacing("]", with: #"\]"#))]"
    return flag.spellings.map { spelling in
      guard let placeholder = flag.value.placeholder else { return others + spelling + text }
      let isLong = spelling.hasPrefix("--")
      return others + spelling + (isLong ? "=" : "+") + text + ":\(escaped(placeholder)):\(action(flag.value.offer))"
    }
  }

  private static func action(_ offer: Offer) -> String {
    switch offer {
    case .nothing: " "
    case .files: "_files"
    case .folders: "_files -/"
    case .words(let words): "(\(words.joined(separator: " ")))"
    case .list(let words): "_sequence compadd - \(words.joined(separator: " "))"
    case .layers: "_gradcam_layers"
    }
  }

  private static let layerFunction = #"""

    # Offers the layers of the model that was typed: behind --weights, or the first operand that there is.
    _gradcam_layers() {
      local word previous model operand
      for word in "${(@Q)words[2,CURRENT-1]}"; do
        case $word in
        --weights=*) model=${word#*=} ;;
        esac
        if [[ $previous == (-w|--weights) ]]; then model=$word; fi
        if [[ -z $operand && $word != -* && -e $word ]]; then operand=$word; fi
        previous=$word
      done
      model=${model:-$operand}
      local -a layers
      if [[ -n $model ]]; then layers=(${(f)"$(LISTING)"}); fi
      if (( $#layers )); then _sequence compadd - $layers; fi
    }

    """#
    .replacing("LISTING", with: Offer.listingLayers)
    .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)

  /// A message's text: a colon would end it.
  private static func escaped(_ text: String) -> String { text.replacing(":", with: #"\:"#) }

  private static func list(_ arguments: [String], indent: Int) -> [String] {
    arguments.enumerated().map { index, argument in
      String(repeating: " ", count: indent) + argument.shellQuoted + (index == arguments.count - 1 ? "" : " \\")
    }
  }
}
