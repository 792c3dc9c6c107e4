"""Completion of the shell: a function of bash that knows the verbs, their options and their fixed words."""

SCRIPT = """\
# Of hostctl, for bash: eval "$(hostctl completion)"
_hostctl() {{
    local words= verb=${{COMP_WORDS[1]}}
    if [ "$COMP_CWORD" -eq 1 ]; then
        words="{verbs}"
    else
        case $verb in
{cases}
        esac
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}")
}}
complete -o default -F _hostctl hostctl
"""


def script(verbs):
    """The function for {verb: its parser}."""
    cases = "\n".join(f'            {name}) words="{" ".join(words_of(parser))}" ;;' for name, parser in verbs.items())
    return SCRIPT.format(verbs=" ".join(verbs), cases=cases)


def words_of(parser):
    """What may be typed after a verb: its options, and the words that an argument takes its value from."""
    found = [option for action in parser._actions for option in action.option_strings if option.startswith("--")]
    return [*found, *(word for action in parser._actions if not action.option_strings for word in action.choices or ())]
