# Completion of wstap for bash. Made by scripts/make-completions; `make docs` makes it anew.
_wstap() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= words= separator= before= word
  COMPREPLY=()
  # bash takes --option=value apart at the sign.
  if [[ $cur == "=" ]]; then
    cur=
  elif [[ $prev == "=" ]]; then
    prev=${COMP_WORDS[COMP_CWORD-2]}
  fi
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    # Behind -- there are files only.
    [[ $word == -- ]] && return
  done
  ((COMP_CWORD > 1)) && command=${COMP_WORDS[1]}
  case $command in
    interfaces) words="--version -h --help" ;;
    checks) words="accept-missing accept-mismatch frame-client-unmasked frame-server-masked frame-rsv1-unexpected frame-rsv2-unexpected frame-rsv3-unexpected frame-opcode-reserved-data frame-opcode-reserved-control frame-length-not-minimal frame-length-top-bit control-frame-fragmented control-frame-too-long continuation-without-start message-interleaved text-invalid-utf8 close-payload-one-byte close-code-out-of-range close-code-forbidden close-code-reserved close-code-unassigned close-reason-invalid-utf8 data-after-close close-repeated deflate-rsv1-on-control deflate-rsv1-on-continuation deflate-inflate-failed --version -h --help" ;;
    schema) words="--strict --version -h --help" ;;
    *)
      case $prev in
        -r) return ;;
        --overlap) words="first last" ;;
        -o) return ;;
        --format) words="ndjson text" ;;
        --types) words="meta open message frame control violation end stats" separator=, ;;
        --headers) words="none safe all" ;;
        --op) words="text binary ping pong close continuation" separator=, ;;
        --dir) words="c2s s2c" ;;
        --checks) words="accept-missing accept-mismatch frame-client-unmasked frame-server-masked frame-rsv1-unexpected frame-rsv2-unexpected frame-rsv3-unexpected frame-opcode-reserved-data frame-opcode-reserved-control frame-length-not-minimal frame-length-top-bit control-frame-fragmented control-frame-too-long continuation-without-start message-interleaved text-invalid-utf8 close-payload-one-byte close-code-out-of-range close-code-forbidden close-code-reserved close-code-unassigned close-reason-invalid-utf8 data-after-close close-repeated deflate-rsv1-on-control deflate-rsv1-on-continuation deflate-inflate-failed" separator=, ;;
        --severity) words="error warning notice" ;;
        --fail-on) words="error warning notice failed-handshake" separator=, ;;
        --progress) words="auto never" ;;
        --color) words="auto always never" ;;
        -f|-c|--decode-as|--memory-limit|--idle-timeout|-i|-s|-B|--duration|-Z|--threads|--fanout-group|--max-payload|--host|--path|--port|--conn|--contains|--min-len) compopt +o default; return ;;
        *)
          if [[ $cur == -* ]]; then
            words="-r -f -c --overlap --decode-as --memory-limit --idle-timeout --vlan-flows -i -D -s -B -p --immediate --duration -Z --threads --fanout-group -o --format --types --frames --headers --redact-query --max-payload --no-payload --json-payload --host --path --port --conn --op --dir --contains --min-len --no-heartbeats --checks --severity --fail-on -q --quiet -v --verbose --progress --color --version -h --help"
          elif ((COMP_CWORD == 1)); then
            words="interfaces checks schema"
          fi ;;
      esac ;;
  esac
  if [[ -n $separator && $cur == *,* ]]; then
    before=${cur%,*},
  fi
  while IFS= read -r word; do
    COMPREPLY+=("$before$word")
  done < <(compgen -W "$words" -- "${cur##*,}")
  # Where nothing is found here, bash offers files. The first word may be a command or a file.
  if ((COMP_CWORD == 1)) && [[ $cur != -* ]]; then
    compopt -o filenames
    while IFS= read -r word; do
      COMPREPLY+=("$word")
    done < <(compgen -f -- "$cur")
  fi
}
complete -o default -F _wstap wstap
