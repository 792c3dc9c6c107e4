# Shells of people: no core files, and the end of one that was forgotten for an hour.
# https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html#index-TMOUT
ulimit -c 0
readonly TMOUT=3600
export TMOUT
