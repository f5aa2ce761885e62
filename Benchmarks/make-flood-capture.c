// Writes captures that try to fill the memory of whoever follows connections, to standard output.
//
// usage: make-flood-capture KIND COUNT
//
//   scan      COUNT SYNs, each of another connection, that nobody answers
//   scan-rst  the same, each answered by a RST
//   idle      COUNT WebSockets: a handshake, one text message of the server's, and nothing more
//   deflate   the same, but the message is compressed, and its context is kept (permessage-deflate)
//   big       one WebSocket whose server sends a binary message of COUNT MiB in one frame
//   messages  one WebSocket whose server sends COUNT binary messages of 1 MiB
//   future    one WebSocket whose server sends COUNT segments of one byte, each a byte ahead of what would come next
//   futures   COUNT WebSockets, each of whose servers sends 64 segments of 16 KiB behind a hole that is never filled
//
// Classic pcap, microseconds, Ethernet, IPv4, right checksums. The same arguments give the same bytes.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handshake-key.h"

enum { ethernetHeader = 14, ipHeader = 20, tcpHeader = 20, headers = ethernetHeader + ipHeader + tcpHeader };
enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };
enum { segmentBytes = 16 << 10, largestPayload = 60 << 10 };

typedef struct {
  uint32_t address[2];  // of the client and of the server
  uint16_t port[2];
  uint32_t sequence[2];  // the next number that each side sends
} Connection;

static uint64_t clockMicroseconds = UINT64_C(1767225600) * 1000000;  // 2026-01-01T00:00:00Z
static uint32_t step = 10;                                           // µs from packet to packet

static void put16(uint8_t *p, uint32_t v) { p[0] = (uint8_t)(v >> 8), p[1] = (uint8_t)v; }
static void put32(uint8_t *p, uint32_t v) { put16(p, v >> 16), put16(p + 2, v & 0xFFFF); }

static void writeOut(const void *bytes, size_t length) {
  // Whoever reads may have seen enough.
  if (fwrite(bytes, 1, length, stdout) != length) exit(1);
}

static uint64_t sum16(const uint8_t *p, size_t length) {
  uint64_t sum = 0;
  for (; length > 1; p += 2, length -= 2) sum += (uint32_t)p[0] << 8 | p[1];
  if (length) sum += (uint32_t)p[0] << 8;
  return sum;
}

static uint16_t checksum(uint64_t sum) {
  while (sum >> 16) sum = (sum & 0xFFFF) + (sum >> 16);
  return (uint16_t)~sum;
}

// Writes one segment from `side` (0 the client, 1 the server), without moving its sequence number on.
static void segmentAt(Connection *c, int side, uint32_t sequence, int flags, const void *payload, size_t length) {
  static uint8_t record[16 + headers + largestPayload];
  uint8_t *ethernet = record + 16, *ip = ethernet + ethernetHeader, *tcp = ip + ipHeader;
  int other = 1 - side;
  memset(record, 0, 16 + headers);
  clockMicroseconds += step;
  ethernet[0] = ethernet[6] = 2, ethernet[5] = (uint8_t)(1 + other), ethernet[11] = (uint8_t)(1 + side);
  put16(ethernet + 12, 0x0800);
  ip[0] = 0x45, ip[6] = 0x40, ip[8] = 64, ip[9] = 6;
  put16(ip + 2, (uint32_t)(ipHeader + tcpHeader + length));
  put32(ip + 12, c->address[side]);
  put32(ip + 16, c->address[other]);
  put16(ip + 10, checksum(sum16(ip, ipHeader)));
  put16(tcp, c->port[side]);
  put16(tcp + 2, c->port[other]);
  put32(tcp + 4, sequence);
  put32(tcp + 8, flags & ACK ? c->sequence[other] : 0);
  tcp[12] = tcpHeader / 4 << 4, tcp[13] = (uint8_t)flags;
  put16(tcp + 14, 64240);
  if (length) memcpy(tcp + tcpHeader, payload, length);
  uint64_t pseudoHeader = sum16(ip + 12, 8) + 6 + tcpHeader + length;
  put16(tcp + 16, checksum(pseudoHeader + sum16(tcp, tcpHeader + length)));
  uint32_t size = (uint32_t)(headers + length);
  uint32_t header[4] = {
      (uint32_t)(clockMicroseconds / 1000000), (uint32_t)(clockMicroseconds % 1000000), size, size};
  memcpy(record, header, 16);
  writeOut(record, 16 + size);
}

static void segment(Connection *c, int side, int flags, const void *payload, size_t length) {
  segmentAt(c, side, c->sequence[side], flags, payload, length);
  c->sequence[side] += (uint32_t)length + (flags & (SYN | FIN) ? 1 : 0);
}

static Connection connection(uint64_t index) {
  Connection c = {
      .address = {0x0A000000u + (uint32_t)(index / 60000), 0xC000020Au},
      .port = {(uint16_t)(1024 + index % 60000), 8080},
      .sequence = {(uint32_t)index * 2654435761u, (uint32_t)index * 2246822519u}};
  return c;
}

static void handshake(Connection *c, uint64_t index, int compresses) {
  char text[1024];
  segment(c, 0, SYN, NULL, 0);
  segment(c, 1, SYN | ACK, NULL, 0);
  segment(c, 0, ACK, NULL, 0);
  const char *offer = compresses ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "";
  uint8_t nonce[16];
  for (int i = 0; i < 16; i++) nonce[i] = (uint8_t)((index + 1) * UINT64_C(0x9E3779B97F4A7C15) >> (i % 8 * 8) ^ i * 29);
  HandshakeKey key = handshakeKey(nonce);
  int length = snprintf(
      text, sizeof text,
      "GET /devices/%llu/events HTTP/1.1\r\nHost: push.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Origin: https://example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
      "Sec-WebSocket-Version: 13\r\n%sSec-WebSocket-Key: %s\r\n\r\n",
      (unsigned long long)index, offer, key.key);
  segment(c, 0, ACK | PSH, text, (size_t)length);
  length = snprintf(
      text, sizeof text,
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n%s"
      "Sec-WebSocket-Accept: %s\r\n\r\n",
      offer, key.accept);
  segment(c, 1, ACK | PSH, text, (size_t)length);
}

static void scan(uint64_t count, int answers) {
  for (uint64_t index = 0; index < count; index++) {
    Connection c = connection(index);
    segment(&c, 0, SYN, NULL, 0);
    if (answers) segmentAt(&c, 1, 0, RST | ACK, NULL, 0);
  }
}

static void idle(uint64_t count, int compresses) {
  static const char text[] = "\x81\x19{\"welcome\":\"to the push\"}";
  // "Hello", compressed: RFC 7692 section 7.2.3.1.
  static const char compressed[] = "\xC1\x07\xF2\x48\xCD\xC9\xC9\x07";
  for (uint64_t index = 0; index < count; index++) {
    Connection c = connection(index);
    handshake(&c, index, compresses);
    if (compresses) {
      segment(&c, 1, ACK | PSH, compressed, 9);
    } else {
      segment(&c, 1, ACK | PSH, text, 27);
    }
  }
}

static uint8_t block[segmentBytes];

static void payload(Connection *c, uint64_t bytes) {
  while (bytes > 0) {
    size_t length = bytes < segmentBytes ? (size_t)bytes : segmentBytes;
    segment(c, 1, ACK, block, length);
    bytes -= length;
  }
}

static void frameHeader(Connection *c, uint64_t length) {
  uint8_t header[10] = {0x82, 127};
  put32(header + 2, (uint32_t)(length >> 32));
  put32(header + 6, (uint32_t)length);
  segment(c, 1, ACK, header, sizeof header);
}

static void big(uint64_t mebibytes, uint64_t messages) {
  Connection c = connection(0);
  handshake(&c, 0, 0);
  for (uint64_t index = 0; index < messages; index++) {
    frameHeader(&c, mebibytes << 20);
    payload(&c, mebibytes << 20);
  }
  segment(&c, 1, FIN | ACK, NULL, 0);
  segment(&c, 0, FIN | ACK, NULL, 0);
}

static void future(uint64_t count) {
  Connection c = connection(0);
  handshake(&c, 0, 0);
  for (uint64_t index = 0; index < count; index++) {
    segmentAt(&c, 1, c.sequence[1] + 1, ACK, "x", 1);
    c.sequence[1] += 2;
  }
}

static void futures(uint64_t count) {
  for (uint64_t index = 0; index < count; index++) {
    Connection c = connection(index);
    handshake(&c, index, 0);
    c.sequence[1] += 1;
    for (int n = 0; n < 64; n++) segment(&c, 1, ACK, block, segmentBytes);
  }
}

int main(int argc, char **argv) {
  char *rest = NULL;
  uint64_t count = argc == 3 ? strtoull(argv[2], &rest, 10) : 0;
  const char *kind = argc == 3 && rest != argv[2] && !*rest ? argv[1] : "";
  static const uint32_t header[6] = {0xA1B2C3D4, 4 << 16 | 2, 0, 0, 262144, 1};
  static char buffer[1 << 20];
  setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  for (size_t i = 0; i < sizeof block; i++) block[i] = (uint8_t)(i * 2654435761u >> 24);
  if (*kind) writeOut(header, sizeof header);
  if (!strcmp(kind, "scan")) scan(count, 0);
  else if (!strcmp(kind, "scan-rst")) scan(count, 1);
  else if (!strcmp(kind, "idle")) idle(count, 0);
  else if (!strcmp(kind, "deflate")) idle(count, 1);
  else if (!strcmp(kind, "big")) big(count, 1);
  else if (!strcmp(kind, "messages")) big(1, count);
  else if (!strcmp(kind, "future")) future(count);
  else if (!strcmp(kind, "futures")) futures(count);
  else {
    fprintf(stderr, "usage: make-flood-capture scan|scan-rst|idle|deflate|big|messages|future|futures COUNT\n");
    return 64;
  }
  return fflush(stdout) ? 1 : 0;
}
