import ModelFormats

@testable import gradcam

extension Shell {
  /// Where the shell is, if it is installed.
  var isInstalled: Bool { (try? Tool.shell("command -v \(rawValue)", in: Workplace()))?.status == 0 }

  /// What the shell itself offers at the end of each of `lines`, with the tool's own completion script, in a folder that
  /// holds photo.jpg and the folder maps.
  ///
  /// - Parameter fixtures: files that lie there, too.
  ///
  /// Descriptions, slashes behind folders and the option before an equals sign are taken away.
  func offers(_ lines: [String], beside fixtures: String...) throws -> [[String]] {
    let folder = Workplace()
    for name in fixtures { folder.put(Workplace.fixture(name), as: name) }
    folder.makeFolder("maps")
    folder.put("", as: "photo.jpg")
    folder.put(lines.map { $0 + "\n" }.joined(), as: "lines")
    folder.put(harness, as: "harness")
    let outcome = try Tool.shell("gradcam completions \(rawValue) > script && \(command)", in: folder)
    guard outcome.status == 0, outcome.errors.isEmpty else {
      throw InputError("\(rawValue)", "ended with \(outcome.status): \(outcome.errors)")
    }
    var offers: [[String]] = []
    for line in outcome.lines {
      if line.hasPrefix(Self.mark) {
        offers.append([])
      } else if !offers.isEmpty {
        offers[offers.count - 1].append(Self.word(line))
      }
    }
    return offers.map { Set($0).sorted() }
  }

  private static let mark = "LINE "

  private static func word(_ line: String) -> String {
    let word = line.prefix { $0 != "\t" }
    let value = word.hasPrefix("--") ? word.split(separator: "=").last ?? "" : word
    return value.hasSuffix("/") ? String(value.dropLast()) : String(value)
  }

  private var command: String {
    switch self {
    case .bash: "bash --norc harness"
    case .zsh: "timeout 120 zsh -f harness"
    case .fish: "HOME=$PWD fish --no-config harness"
    }
  }

  /// Prints each line of `lines` behind a mark, and what is offered for it.
  private var harness: String {
    switch self {
    case .bash: Self.bashHarness
    case .zsh: Self.zshHarness
    case .fish: Self.fishHarness
    }
  }

  /// Calls the function as readline does, which cuts words at equals signs, too. compopt works in readline alone.
  private static let bashHarness = #"""
    source ./script
    compopt() { case $2 in default) kind=-f ;; dirnames) kind=-d ;; esac }
    [[ $(complete -p gradcam) == 'complete -F _gradcam gradcam' ]] || exit
    while IFS= read -r line; do
      printf 'LINE %s\n' "$line"
      read -ra COMP_WORDS <<<"${line//=/ = }"
      if [[ $line == *' ' ]]; then COMP_WORDS+=(''); fi
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) kind=
      _gradcam
      if ((${#COMPREPLY[@]})); then printf '%s\n' "${COMPREPLY[@]}"; fi
      if [[ $kind ]]; then compgen "$kind" -- "${COMP_WORDS[COMP_CWORD]#=}" || true; fi
    done <lines
    """#

  /// An interactive shell at a terminal of its own; what its completions add is written down on the way.
  private static let zshHarness = #"""
    zmodload zsh/zpty
    cat > .inner <<'INNER'
    mkdir .functions
    cp script .functions/_gradcam
    fpath=($PWD/.functions $fpath)
    autoload -Uz compinit
    compinit -D -u
    unsetopt auto_menu auto_list list_beep
    compadd() {
      if [[ " ${(j: :)@[1,(i)(-|--)]}" == *' -'[OAD]* ]]; then builtin compadd "$@"; return; fi
      local -a found
      builtin compadd -O found "$@"
      if (( $#found )); then print -lr -- $found >> .offers; fi
      builtin compadd "$@"
    }
    complete-lines() {
      local line
      for line in "${(@f)$(<lines)}"; do
        print -r -- "LINE $line" >> .offers
        BUFFER=$line CURSOR=$#line
        zle complete-word
      done
      print END >> .offers
    }
    zle -N complete-lines
    bindkey '^X' complete-lines
    print READY
    INNER
    : > .offers
    zpty -b shell zsh -f -i
    zpty -w shell 'source ./.inner'
    until [[ $seen == *READY* ]]; do zpty -r -t shell part && seen+=$part || sleep 0.05; done
    zpty -w -n shell $'\x18'
    until [[ $(tail -n 1 .offers) == END ]]; do while zpty -r -t shell part; do :; done; sleep 0.05; done
    zpty -d shell
    grep -vx END .offers
    """#

  private static let fishHarness = #"""
    source ./script
    while read -l line
        echo "LINE $line"
        complete -C "$line"
    end <lines
    """#
}
