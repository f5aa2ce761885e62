-- wstap's log as typed tables, for DuckDB 1.1 and newer. Made by scripts/make-sql from `wstap schema`; `make docs` makes
-- it anew.
--
-- DuckDB takes the columns of a JSON file from its beginning: those of record types that come late (violation, end,
-- stats) would be missing. So all columns stand here with their types. A field that a record does not have is NULL.
--
--   duckdb -init docs/sql/wstap.sql
--   FROM wstap_messages('log.ndjson') LIMIT 10;
--   FROM wstap_messages(['monday.ndjson', 'tuesday.ndjson.gz']);
--   CREATE VIEW messages AS FROM wstap_messages('logs/*.ndjson');
--
-- ts is UTC with nanoseconds. Columns of base64 (b64, host_b64, ...) are there as text, and b64 once more as the BLOB
-- payload_bytes. docs/log-format.md says what each field means.

-- All records, with the columns of all types.
CREATE OR REPLACE MACRO wstap_log(log_file) AS TABLE
  FROM read_json(log_file, format = 'newline_delimited', ignore_errors = false, maximum_object_size = 67108864, columns = {
    "v": 'BIGINT',
    "type": 'VARCHAR',
    "ts": 'TIMESTAMP_NS',
    "epoch_us": 'BIGINT',
    "tool": 'VARCHAR',
    "tool_version": 'VARCHAR',
    "inputs": 'VARCHAR[]',
    "filter": 'VARCHAR',
    "shard": 'VARCHAR',
    "part": 'BIGINT',
    "conn": 'VARCHAR',
    "client_ip": 'VARCHAR',
    "client_port": 'BIGINT',
    "server_ip": 'VARCHAR',
    "server_port": 'BIGINT',
    "host": 'VARCHAR',
    "host_b64": 'VARCHAR',
    "path": 'VARCHAR',
    "path_b64": 'VARCHAR',
    "pkt": 'BIGINT',
    "file": 'BIGINT',
    "ok": 'BOOLEAN',
    "fail": 'VARCHAR',
    "how": 'VARCHAR',
    "community_id": 'VARCHAR',
    "scheme": 'VARCHAR',
    "http_version": 'VARCHAR',
    "method": 'VARCHAR',
    "method_b64": 'VARCHAR',
    "origin": 'VARCHAR',
    "origin_b64": 'VARCHAR',
    "user_agent": 'VARCHAR',
    "user_agent_b64": 'VARCHAR',
    "ws_version": 'VARCHAR',
    "ws_version_b64": 'VARCHAR',
    "subprotocols_offered": 'VARCHAR[]',
    "subprotocols_offered_b64": 'VARCHAR[]',
    "extensions_offered": 'VARCHAR[]',
    "extensions_offered_b64": 'VARCHAR[]',
    "status": 'BIGINT',
    "subprotocol": 'VARCHAR',
    "subprotocol_b64": 'VARCHAR',
    "extensions": 'VARCHAR[]',
    "extensions_b64": 'VARCHAR[]',
    "accept_ok": 'BOOLEAN',
    "deflate": 'STRUCT("c2s_bits" BIGINT, "s2c_bits" BIGINT, "c2s_reset" BOOLEAN, "s2c_reset" BOOLEAN)',
    "vlan": 'BIGINT[]',
    "tunnel": 'VARCHAR[]',
    "tcp_rtt_us": 'BIGINT',
    "wait_us": 'BIGINT',
    "headers": 'STRUCT("name" VARCHAR, "name_b64" VARCHAR, "value" VARCHAR, "value_b64" VARCHAR)[]',
    "response_headers": 'STRUCT("name" VARCHAR, "name_b64" VARCHAR, "value" VARCHAR, "value_b64" VARCHAR)[]',
    "incomplete": 'BOOLEAN',
    "dir": 'VARCHAR',
    "n": 'BIGINT',
    "op": 'VARCHAR',
    "len": 'BIGINT',
    "wire_len": 'BIGINT',
    "frames": 'BIGINT',
    "deflated": 'BOOLEAN',
    "dur_us": 'BIGINT',
    "text": 'VARCHAR',
    "json": 'JSON',
    "b64": 'VARCHAR',
    "utf8_error_at": 'BIGINT',
    "truncated": 'BOOLEAN',
    "snapped": 'BOOLEAN',
    "undecoded": 'VARCHAR',
    "resync_off": 'BIGINT',
    "off": 'BIGINT',
    "fin": 'BOOLEAN',
    "rsv": 'BIGINT',
    "opcode": 'BIGINT',
    "mask": 'VARCHAR',
    "hdr_len": 'BIGINT',
    "len_declared": 'VARCHAR',
    "msg": 'BIGINT',
    "rtt_us": 'BIGINT',
    "close_code": 'BIGINT',
    "close_reason": 'VARCHAR',
    "rule": 'VARCHAR',
    "severity": 'VARCHAR',
    "level": 'VARCHAR',
    "ref": 'VARCHAR',
    "detail": 'VARCHAR',
    "cause": 'VARCHAR',
    "clean": 'BOOLEAN',
    "closed_by": 'VARCHAR',
    "rules": 'STRUCT("rule" VARCHAR, "count" BIGINT)[]',
    "c2s": 'STRUCT("pkts" BIGINT, "bytes" BIGINT, "frames" BIGINT, "msgs" BIGINT, "text_msgs" BIGINT, "binary_msgs" BIGINT, "pings" BIGINT, "pongs" BIGINT, "payload" BIGINT, "wire" BIGINT, "gap_bytes" BIGINT, "unframed_bytes" BIGINT, "retrans_bytes" BIGINT, "overlap_conflicts" BIGINT, "ignored_rsts" BIGINT, "resync_count" BIGINT, "resyncs" STRUCT("gap_off" BIGINT, "off" BIGINT)[])',
    "s2c": 'STRUCT("pkts" BIGINT, "bytes" BIGINT, "frames" BIGINT, "msgs" BIGINT, "text_msgs" BIGINT, "binary_msgs" BIGINT, "pings" BIGINT, "pongs" BIGINT, "payload" BIGINT, "wire" BIGINT, "gap_bytes" BIGINT, "unframed_bytes" BIGINT, "retrans_bytes" BIGINT, "overlap_conflicts" BIGINT, "ignored_rsts" BIGINT, "resync_count" BIGINT, "resyncs" STRUCT("gap_off" BIGINT, "off" BIGINT)[])',
    "final": 'BOOLEAN',
    "link_types": 'VARCHAR[]',
    "pkts": 'BIGINT',
    "bytes": 'BIGINT',
    "undecodable": 'BIGINT',
    "undecodable_reasons": 'STRUCT("reason" VARCHAR, "count" BIGINT)[]',
    "bad_checksums": 'BIGINT',
    "ip_fragments": 'BIGINT',
    "fragments_dropped": 'BIGINT',
    "fragment_overlaps": 'BIGINT',
    "tcp_conns": 'BIGINT',
    "ws_conns": 'BIGINT',
    "ws_open": 'BIGINT',
    "failed": 'BIGINT',
    "tls_conns": 'BIGINT',
    "one_sided": 'BIGINT',
    "gaps": 'BIGINT',
    "gap_bytes": 'BIGINT',
    "evicted": 'BIGINT',
    "evicted_websockets": 'BIGINT',
    "damaged_bytes": 'BIGINT',
    "damaged_pkts": 'BIGINT',
    "kernel_drops": 'BIGINT',
    "if_drops": 'BIGINT',
    "tool_drops": 'BIGINT',
    "log_drops": 'BIGINT',
    "mem_bytes": 'BIGINT'
  });

CREATE OR REPLACE MACRO wstap_meta(log_file) AS TABLE
  SELECT
    "ts", "epoch_us", "tool", "tool_version", "inputs", "filter", "shard", "part"
  FROM wstap_log(log_file) WHERE "type" = 'meta';

CREATE OR REPLACE MACRO wstap_opens(log_file) AS TABLE
  SELECT
    "ts", "epoch_us", "conn", "client_ip", "client_port", "server_ip", "server_port", "host", "host_b64", "path",
    "path_b64", "pkt", "file", "ok", "fail", "how", "community_id", "scheme", "http_version", "method",
    "method_b64", "origin", "origin_b64", "user_agent", "user_agent_b64", "ws_version", "ws_version_b64",
    "subprotocols_offered", "subprotocols_offered_b64", "extensions_offered", "extensions_offered_b64", "status",
    "subprotocol", "subprotocol_b64", "extensions", "extensions_b64", "accept_ok", "deflate", "vlan", "tunnel",
    "tcp_rtt_us", "wait_us", "headers", "response_headers", "incomplete"
  FROM wstap_log(log_file) WHERE "type" = 'open';

CREATE OR REPLACE MACRO wstap_messages(log_file) AS TABLE
  SELECT
    "ts", "epoch_us", "conn", "client_ip", "client_port", "server_ip", "server_port", "host", "host_b64", "path",
    "path_b64", "pkt", "file", "dir", "n", "op", "len", "wire_len", "frames", "deflated", "dur_us", "text", "json",
    "b64", "utf8_error_at", "truncated", "incomplete", "snapped", "undecoded", "resync_off",
    from_base64("b64") AS payload_bytes
  FROM wstap_log(log_file) WHERE "type" = 'message';

CREATE OR REPLACE MACRO wstap_frames(log_file) AS TABLE
  SELECT
    "ts", "epoch_us", "conn", "client_ip", "client_port", "server_ip", "server_port", "host", "host_b64", "path",
    "path_b64", "pkt", "file", "dir", "off", "fin", "rsv", "opcode", "op", "mask", "hdr_len", "len",
    "len_declared", "msg", "truncated", "incomplete", "snapped", "resync_off"
  FROM wstap_log(log_file) WHERE "type" = 'frame';

CREATE OR REPLACE MACRO wstap_controls(log_file) AS TABLE
  SELECT
    "ts", "epoch_us", "conn", "client_ip", "client_port", "server_ip", "server_port", "host", "host_b64", "path",
    "path_b64", "pkt", "file", "dir", "op", "len", "text", "b64", "rtt_us", "close_code", "close_reason",
    "truncated", "incomplete", "snapped", "resync_off", from_base64("b64") AS payload_bytes
  FROM wstap_log(log_file) WHERE "type" = 'control';

CREATE OR REPLACE MACRO wstap_violations(log_file) AS TABLE
  SELECT
    "ts", "epoch_us", "conn", "client_ip", "client_port", "server_ip", "server_port", "host", "host_b64", "path",
    "path_b64", "pkt", "file", "rule", "severity", "level", "ref", "dir", "off", "detail"
  FROM wstap_log(log_file) WHERE "type" = 'violation';

CREATE OR REPLACE MACRO wstap_ends(log_file) AS TABLE
  SELECT
    "ts", "epoch_us", "conn", "client_ip", "client_port", "server_ip", "server_port", "host", "host_b64", "path",
    "path_b64", "pkt", "file", "cause", "clean", "closed_by", "close_code", "close_reason", "dur_us", "rules",
    "c2s", "s2c"
  FROM wstap_log(log_file) WHERE "type" = 'end';

CREATE OR REPLACE MACRO wstap_stats(log_file) AS TABLE
  SELECT
    "ts", "epoch_us", "final", "link_types", "pkts", "bytes", "undecodable", "undecodable_reasons",
    "bad_checksums", "ip_fragments", "fragments_dropped", "fragment_overlaps", "tcp_conns", "ws_conns", "ws_open",
    "failed", "tls_conns", "one_sided", "gaps", "gap_bytes", "evicted", "evicted_websockets", "damaged_bytes",
    "damaged_pkts", "kernel_drops", "if_drops", "tool_drops", "log_drops", "mem_bytes"
  FROM wstap_log(log_file) WHERE "type" = 'stats';
