/**
 * Shell text that makes the command `webstack` and completes its words: the verb, the stack, and files after that. bash runs it as it is,
 * zsh by its own stand-in:
 * https://zsh.sourceforge.io/Doc/Release/Completion-System.html#Use-of-compinit
 */
export function completion(program: string, verbs: readonly string[], stacks: readonly string[]): string {
  return `webstack() { ${program} "$@"; }
if [ -n "\${ZSH_VERSION-}" ]; then autoload -Uz compinit bashcompinit && compinit && bashcompinit; fi
_webstack() {
  case $COMP_CWORD in
    1) COMPREPLY=($(compgen -W '${[...verbs, "help", "completion"].join(" ")}' -- "\${COMP_WORDS[1]}")) ;;
    2) if [ "\${COMP_WORDS[1]}" = help ]; then COMPREPLY=($(compgen -W '${verbs.join(" ")}' -- "\${COMP_WORDS[2]}"))
       else COMPREPLY=($(compgen -W '${stacks.join(" ")}' -- "\${COMP_WORDS[2]}")); fi ;;
  esac
}
complete -o default -F _webstack webstack`;
}
