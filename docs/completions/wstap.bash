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
    checks) words="request-malformed-http request-not-get request-http-version-too-low request-target-invalid request-target-fragment request-target-not-ascii request-target-host-mismatch host-missing host-duplicated host-invalid host-port-mismatch request-upgrade-missing request-connection-not-upgrade key-missing key-duplicated key-not-base64 key-not-16-bytes key-base64-not-canonical key-reused key-well-known version-missing version-duplicated version-malformed version-not-13 origin-missing origin-malformed origin-duplicated client-data-before-response simultaneous-connecting legacy-hixie-handshake reconnect-no-backoff response-malformed-http response-http-version-too-low response-upgrade-missing response-upgrade-not-websocket response-connection-not-upgrade accept-missing accept-duplicated accept-malformed accept-mismatch accept-without-101 unsolicited-101 response-101-has-body version-in-101 version-refused-without-list version-list-malformed upgrade-required-without-upgrade invalid-request-accepted invalid-request-no-error-status handshake-unanswered bad-response-accepted subprotocol-offer-malformed subprotocol-offer-duplicate subprotocol-not-offered subprotocol-case-mismatch subprotocol-response-multiple subprotocol-response-malformed subprotocol-none-selected subprotocol-unregistered subprotocol-case-variant extension-offer-malformed extension-response-malformed extension-param-quoted-invalid extension-not-offered extension-response-header-repeated extension-accepted-twice extension-rsv1-conflict extension-unregistered frame-client-unmasked frame-server-masked frame-rsv1-unexpected frame-rsv2-unexpected frame-rsv3-unexpected frame-opcode-reserved-data frame-opcode-reserved-control frame-length-not-minimal frame-length-top-bit frame-truncated control-frame-fragmented control-frame-too-long ping-unanswered pong-delayed pong-payload-mismatch pong-unsolicited violation-not-failed continuation-without-start message-interleaved message-unfinished text-invalid-utf8 close-payload-one-byte close-code-out-of-range close-code-forbidden close-code-reserved close-code-unassigned close-code-unregistered close-code-wrong-role close-reason-invalid-utf8 close-1010-reason-empty data-after-close close-repeated close-unanswered close-delayed close-code-not-echoed closed-without-close-frame tcp-not-closed-after-close client-closed-tcp-first tcp-reset-after-close deflate-param-unknown deflate-param-duplicated deflate-window-bits-invalid deflate-window-bits-missing deflate-flag-has-value deflate-client-bits-not-offered deflate-server-bits-not-honoured deflate-no-takeover-not-honoured deflate-invalid-offer-accepted deflate-window-small deflate-rsv1-on-control deflate-rsv1-on-continuation deflate-inflate-failed deflate-takeover-violated deflate-window-exceeded deflate-fragment-tail-removed deflate-tail-not-removed deflate-bfinal-padding cross-origin-accepted origin-null-accepted cleartext-websocket cleartext-credentials credentials-in-url token-in-subprotocol request-has-body upgrade-pipelined upgrade-multiple-protocols connection-lists-websocket-header frames-after-refused-upgrade http-after-refused-upgrade http-after-101 not-websocket-after-101 protocol-switched-to-other mask-key-zero mask-key-repeated mask-key-predictable mask-key-shared-across-connections masked-bytes-look-like-http tunnel-in-payload declared-length-huge message-too-large fragment-flood empty-fragment-flood ping-flood pong-flood frame-stalled handshake-stalled deflate-bomb handshake-failures-repeated close deflate frame message negotiation request response security all default --json --version -h --help" ;;
    schema) words="--strict --version -h --help" ;;
    *)
      case $prev in
        -r) return ;;
        --overlap) words="first last" ;;
        -o) return ;;
        --format) words="ndjson text" ;;
        --types) words="meta open message frame control violation end stats" separator=, ;;
        --headers) words="none safe all" ;;
        --on-write-error) words="end drop" ;;
        --metrics-file) return ;;
        --op) words="text binary ping pong close continuation" separator=, ;;
        --dir) words="c2s s2c" ;;
        --checks) words="request-malformed-http request-not-get request-http-version-too-low request-target-invalid request-target-fragment request-target-not-ascii request-target-host-mismatch host-missing host-duplicated host-invalid host-port-mismatch request-upgrade-missing request-connection-not-upgrade key-missing key-duplicated key-not-base64 key-not-16-bytes key-base64-not-canonical key-reused key-well-known version-missing version-duplicated version-malformed version-not-13 origin-missing origin-malformed origin-duplicated client-data-before-response simultaneous-connecting legacy-hixie-handshake reconnect-no-backoff response-malformed-http response-http-version-too-low response-upgrade-missing response-upgrade-not-websocket response-connection-not-upgrade accept-missing accept-duplicated accept-malformed accept-mismatch accept-without-101 unsolicited-101 response-101-has-body version-in-101 version-refused-without-list version-list-malformed upgrade-required-without-upgrade invalid-request-accepted invalid-request-no-error-status handshake-unanswered bad-response-accepted subprotocol-offer-malformed subprotocol-offer-duplicate subprotocol-not-offered subprotocol-case-mismatch subprotocol-response-multiple subprotocol-response-malformed subprotocol-none-selected subprotocol-unregistered subprotocol-case-variant extension-offer-malformed extension-response-malformed extension-param-quoted-invalid extension-not-offered extension-response-header-repeated extension-accepted-twice extension-rsv1-conflict extension-unregistered frame-client-unmasked frame-server-masked frame-rsv1-unexpected frame-rsv2-unexpected frame-rsv3-unexpected frame-opcode-reserved-data frame-opcode-reserved-control frame-length-not-minimal frame-length-top-bit frame-truncated control-frame-fragmented control-frame-too-long ping-unanswered pong-delayed pong-payload-mismatch pong-unsolicited violation-not-failed continuation-without-start message-interleaved message-unfinished text-invalid-utf8 close-payload-one-byte close-code-out-of-range close-code-forbidden close-code-reserved close-code-unassigned close-code-unregistered close-code-wrong-role close-reason-invalid-utf8 close-1010-reason-empty data-after-close close-repeated close-unanswered close-delayed close-code-not-echoed closed-without-close-frame tcp-not-closed-after-close client-closed-tcp-first tcp-reset-after-close deflate-param-unknown deflate-param-duplicated deflate-window-bits-invalid deflate-window-bits-missing deflate-flag-has-value deflate-client-bits-not-offered deflate-server-bits-not-honoured deflate-no-takeover-not-honoured deflate-invalid-offer-accepted deflate-window-small deflate-rsv1-on-control deflate-rsv1-on-continuation deflate-inflate-failed deflate-takeover-violated deflate-window-exceeded deflate-fragment-tail-removed deflate-tail-not-removed deflate-bfinal-padding cross-origin-accepted origin-null-accepted cleartext-websocket cleartext-credentials credentials-in-url token-in-subprotocol request-has-body upgrade-pipelined upgrade-multiple-protocols connection-lists-websocket-header frames-after-refused-upgrade http-after-refused-upgrade http-after-101 not-websocket-after-101 protocol-switched-to-other mask-key-zero mask-key-repeated mask-key-predictable mask-key-shared-across-connections masked-bytes-look-like-http tunnel-in-payload declared-length-huge message-too-large fragment-flood empty-fragment-flood ping-flood pong-flood frame-stalled handshake-stalled deflate-bomb handshake-failures-repeated close deflate frame message negotiation request response security all default" separator=, ;;
        --severity) words="error warning notice" ;;
        --fail-on) words="error warning notice failed-handshake" separator=, ;;
        --progress) words="auto never" ;;
        --color) words="auto always never" ;;
        -f|-c|--decode-as|--memory-limit|--idle-timeout|-i|-s|-B|--duration|-Z|--threads|--fanout-group|--max-payload|-C|-G|-W|--host|--path|--port|--conn|--contains|--min-len|--large-message) compopt +o default; return ;;
        *)
          if [[ $cur == -* ]]; then
            words="-r -f -c --overlap --decode-as --memory-limit --idle-timeout --vlan-flows -i -D -s -B -p --immediate --duration -Z --threads --fanout-group -o --format --types --frames --headers --redact-query --max-payload --no-payload --json-payload -C -G -W --on-write-error --metrics-file --host --path --port --conn --op --dir --contains --min-len --no-heartbeats --checks --severity --large-message --fail-on -q --quiet -v --verbose --progress --color --version -h --help"
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
