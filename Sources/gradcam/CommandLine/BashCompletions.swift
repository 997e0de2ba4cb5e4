/// The completion script for bash 4 and later. It needs no bash-completion.
enum BashCompletions {
  static let script: [String] =
    ["# Completions of gradcam for bash, as `gradcam completions bash` prints them."]
    + valueFunction + flagFunction + operandFunction + layerFunction + mainFunction + ["complete -F _gradcam gradcam"]

  /// What a flag's value may be.
  private static let valueFunction: [String] = {
    var patterns: [(offer: Offer, words: [String])] = []
    for command in CommandTable.all {
      for flag in Flag.table(of: command) where flag.value.placeholder != nil {
        let words = flag.spellings.map { "'\(command.name) \($0)'" }
        if let index = patterns.firstIndex(where: { $0.offer == flag.value.offer }) {
          patterns[index].words += words
        } else {
          patterns.append((flag.value.offer, words))
        }
      }
    }
    return function(
      "_gradcam_value", comment: "Sets `offer` to what the value of a flag, COMMAND FLAG, may be; fails for others.",
      patterns.map { ($0.words.joined(separator: " | "), text($0.offer)) }, otherwise: "return 1")
  }()

  private static let flagFunction = function(
    "_gradcam_flags", comment: "Sets `offer` to the flags of a command.",
    CommandTable.all.map { command in
      (command.name, text(.words(Flag.table(of: command).flatMap { $0.spellings })))
    }, otherwise: "offer=nothing")

  private static let operandFunction = function(
    "_gradcam_operands", comment: "Sets `offer` to what the operands of a command may be.",
    CommandTable.all.map { ($0.name, text($0.operandOffer())) }, otherwise: "offer=nothing")

  private static func function(
    _ name: String, comment: String, _ cases: [(pattern: String, offer: String)], otherwise: String
  ) -> [String] {
    ["", "# \(comment)", "\(name)() {", "  case $1 in"]
      + cases.map { "  \($0.pattern)) offer=\($0.offer.shellQuoted) ;;" } + ["  *) \(otherwise) ;;", "  esac", "}"]
  }

  /// `words a b`.
  private static func text(_ offer: Offer) -> String {
    switch offer {
    case .nothing: "nothing"
    case .files: "files"
    case .folders: "folders"
    case .words(let words): (["words"] + words).joined(separator: " ")
    case .list(let words): (["list"] + words).joined(separator: " ")
    case .layers: "layers"
    }
  }

  private static let layerFunction = #"""

    # Prints the layers of the model that was typed: behind --weights, or the first operand that there is.
    _gradcam_layers() {
      local word previous= model= operand=
      for word in "${COMP_WORDS[@]:2:COMP_CWORD-2}"; do
        if [[ $word == = ]]; then continue; fi
        if [[ $previous == -w || $previous == --weights ]]; then model=$word; fi
        if [[ -z $operand && $word != -* && -e $word ]]; then operand=$word; fi
        previous=$word
      done
      model=${model:-$operand}
      if [[ $model ]]; then LISTING; fi
    }
    """#
    .replacing("LISTING", with: Offer.listingLayers)
    .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)

  private static let mainFunction = #"""

    _gradcam() {
      local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
      local offer before=
      COMPREPLY=()
      # bash cuts --flag=value at the equals sign.
      if [[ $current == = ]]; then
        current=
      elif [[ $previous == = ]]; then
        previous=${COMP_WORDS[COMP_CWORD - 2]}
      fi
      if ((COMP_CWORD == 1)); then
        offer='words COMMANDS'
        if [[ $current == -* ]]; then offer='words OPTIONS'; fi
      elif [[ " ${COMP_WORDS[*]:2:COMP_CWORD-2} " == *' -- '* ]]; then
        _gradcam_operands "$command"
      elif _gradcam_value "$command $previous"; then
        :
      elif [[ $current == -* ]]; then
        _gradcam_flags "$command"
      else
        _gradcam_operands "$command"
      fi
      if [[ $offer == layers ]]; then offer="list $(_gradcam_layers)"; fi
      case $offer in
      files) compopt -o default ;;
      folders) compopt -o dirnames ;;
      words*) mapfile -t COMPREPLY < <(compgen -W "${offer#words}" -- "$current") ;;
      list*)
        if [[ $current == *,* ]]; then before=${current%,*},; fi
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "${offer#list}" -- "${current##*,}")
        ;;
      esac
    }

    """#
    .replacing("COMMANDS", with: CommandTable.names.joined(separator: " "))
    .replacing("OPTIONS", with: [Flag.help, Flag.version].flatMap { $0.spellings }.joined(separator: " "))
    .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}
