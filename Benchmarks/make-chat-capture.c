// Writes a capture of a chat server's traffic: the workload that wstap's speed is measured with.
//
// usage: make-chat-capture [-n MESSAGES] [-c CONNECTIONS] [-s SEED] FILE
//
// MESSAGES (default 1,000,000) JSON text messages of 60 to 250 bytes over CONNECTIONS (default 2,000) WebSocket
// connections, in both directions in turn. Each turn visits every connection once, in an order shuffled anew, so that
// neighbouring packets belong to different connections. Each message is one frame in one TCP segment, masked with a
// key of its own if the client sends it, and is followed by one bare ACK from the other side. Every segment carries
// the TCP timestamps option, and right IPv4 and TCP checksums. Every connection begins with a three-way handshake and
// a right opening handshake (RFC 6455 section 4) and ends with Close frames and FINs. Classic pcap, microseconds,
// Ethernet. The same arguments give the same bytes.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handshake-key.h"

enum {
  ethernetHeader = 14,
  ipHeader = 20,
  tcpHeader = 32,  // 20, and 12 of options: NOP, NOP, timestamps
  headers = ethernetHeader + ipHeader + tcpHeader,
  synOptions = 20,  // MSS, SACK permitted, timestamps, NOP, window scale
  largestPayload = 1024,
  FIN = 1,
  SYN = 2,
  PSH = 8,
  ACK = 16
};

// MARK: random numbers (splitmix64)

static uint64_t randomState;

static uint64_t nextRandom(void) {
  uint64_t z = (randomState += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static uint32_t randomBelow(uint32_t bound) { return (uint32_t)((nextRandom() >> 32) * bound >> 32); }

// MARK: packets

typedef struct {
  uint8_t address[2][4];  // of the client and of the server
  uint16_t port[2];
  uint32_t sequence[2];  // the next number that each side sends
  uint32_t timestampBase[2];
  uint32_t timestampEcho[2];  // what each side echoes: the other's last value
  uint16_t identification[2];
  uint32_t sent;  // messages, in both directions
} Connection;

static FILE *output;
static uint64_t clockMicroseconds = UINT64_C(1767225600) * 1000000;  // 2026-01-01T00:00:00Z
static uint64_t packetCount;

static void put16(uint8_t *p, uint32_t v) { p[0] = (uint8_t)(v >> 8), p[1] = (uint8_t)v; }
static void put32(uint8_t *p, uint32_t v) { put16(p, v >> 16), put16(p + 2, v & 0xFFFF); }

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

// Writes one segment from `side` (0 the client, 1 the server) and moves that side's sequence number on.
static void segment(Connection *c, int side, int flags, const uint8_t *payload, size_t length) {
  uint8_t record[16 + headers + synOptions + largestPayload];
  uint8_t *ethernet = record + 16, *ip = ethernet + ethernetHeader, *tcp = ip + ipHeader;
  int other = 1 - side;
  size_t tcpLength = flags & SYN ? 20 + synOptions : tcpHeader;

  clockMicroseconds += 1 + randomBelow(20);
  static const uint8_t mac[2][6] = {{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}};
  memcpy(ethernet, mac[other], 6);
  memcpy(ethernet + 6, mac[side], 6);
  put16(ethernet + 12, 0x0800);

  ip[0] = 0x45, ip[1] = 0;
  put16(ip + 2, (uint32_t)(ipHeader + tcpLength + length));
  put16(ip + 4, c->identification[side]++);
  put16(ip + 6, 0x4000);  // don't fragment
  ip[8] = 64, ip[9] = 6;
  put16(ip + 10, 0);
  memcpy(ip + 12, c->address[side], 4);
  memcpy(ip + 16, c->address[other], 4);
  put16(ip + 10, checksum(sum16(ip, ipHeader)));

  put16(tcp, c->port[side]);
  put16(tcp + 2, c->port[other]);
  put32(tcp + 4, c->sequence[side]);
  put32(tcp + 8, flags & ACK ? c->sequence[other] : 0);
  tcp[12] = (uint8_t)(tcpLength / 4 << 4), tcp[13] = (uint8_t)flags;
  put16(tcp + 14, flags & SYN ? 64240 : 501);
  put16(tcp + 16, 0);
  put16(tcp + 18, 0);
  uint32_t now = c->timestampBase[side] + (uint32_t)(clockMicroseconds / 1000);
  uint32_t echo = flags & ACK ? c->timestampEcho[side] : 0;
  uint8_t *options = tcp + 20;
  if (flags & SYN) {
    static const uint8_t before[6] = {2, 4, 0x05, 0xB4, 4, 2}, after[4] = {1, 3, 3, 7};
    memcpy(options, before, 6);
    options[6] = 8, options[7] = 10;
    put32(options + 8, now);
    put32(options + 12, echo);
    memcpy(options + 16, after, 4);
  } else {
    options[0] = 1, options[1] = 1, options[2] = 8, options[3] = 10;
    put32(options + 4, now);
    put32(options + 8, echo);
  }
  c->timestampEcho[other] = now;
  if (length) memcpy(tcp + tcpLength, payload, length);
  uint64_t pseudoHeader = sum16(ip + 12, 8) + 6 + tcpLength + length;
  put16(tcp + 16, checksum(pseudoHeader + sum16(tcp, tcpLength + length)));
  c->sequence[side] += (uint32_t)length + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);

  uint32_t size = (uint32_t)(ethernetHeader + ipHeader + tcpLength + length);
  uint32_t header[4] = {
      (uint32_t)(clockMicroseconds / 1000000), (uint32_t)(clockMicroseconds % 1000000), size, size};
  memcpy(record, header, 16);
  if (fwrite(record, 1, 16 + size, output) != 16 + size) {
    perror("make-chat-capture");
    exit(1);
  }
  packetCount++;
}

// MARK: WebSocket

// One frame with FIN set, masked if the client sends it; `opcode` 1 is text, 8 is Close.
static void frame(Connection *c, int side, int opcode, const char *payload, size_t length) {
  uint8_t bytes[largestPayload];
  size_t at = 2;
  uint8_t maskBit = side == 0 ? 0x80 : 0;
  bytes[0] = (uint8_t)(0x80 | opcode);
  if (length < 126) {
    bytes[1] = (uint8_t)(maskBit | length);
  } else {
    bytes[1] = maskBit | 126;
    put16(bytes + 2, (uint32_t)length);
    at = 4;
  }
  if (side == 0) {
    uint8_t key[4];
    put32(key, (uint32_t)nextRandom());
    memcpy(bytes + at, key, 4);
    at += 4;
    for (size_t i = 0; i < length; i++) bytes[at + i] = (uint8_t)payload[i] ^ key[i & 3];
  } else {
    memcpy(bytes + at, payload, length);
  }
  segment(c, side, ACK | PSH, bytes, at + length);
  segment(c, 1 - side, ACK, NULL, 0);
}

static void begin(Connection *c, uint32_t index) {
  uint8_t nonce[16];
  char text[largestPayload];
  c->address[0][0] = 10, c->address[0][1] = (uint8_t)(1 + (index >> 16));
  c->address[0][2] = (uint8_t)(index >> 8), c->address[0][3] = (uint8_t)index;
  c->address[1][0] = 192, c->address[1][1] = 0, c->address[1][2] = 2, c->address[1][3] = 10;
  c->port[0] = (uint16_t)(32768 + randomBelow(28000)), c->port[1] = 8080;
  for (int side = 0; side < 2; side++) {
    c->sequence[side] = (uint32_t)nextRandom();
    c->timestampBase[side] = (uint32_t)nextRandom();
    c->identification[side] = (uint16_t)nextRandom();
  }
  for (int i = 0; i < 16; i++) nonce[i] = (uint8_t)nextRandom();
  HandshakeKey key = handshakeKey(nonce);

  segment(c, 0, SYN, NULL, 0);
  segment(c, 1, SYN | ACK, NULL, 0);
  segment(c, 0, ACK, NULL, 0);
  int length = snprintf(
      text, sizeof text,
      "GET /rooms/%u HTTP/1.1\r\nHost: chat.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Origin: https://chat.example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n",
      index % 100, key.key);
  segment(c, 0, ACK | PSH, (const uint8_t *)text, (size_t)length);
  segment(c, 1, ACK, NULL, 0);
  length = snprintf(
      text, sizeof text,
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: %s\r\nServer: chat/1.0\r\n\r\n",
      key.accept);
  segment(c, 1, ACK | PSH, (const uint8_t *)text, (size_t)length);
  segment(c, 0, ACK, NULL, 0);
}

// A chat message of 60 to 250 bytes as JSON.
static void message(Connection *c, uint32_t index) {
  static const char *const words[] = {
      "the",  "server", "said",  "that",    "all",      "tests",  "pass",   "now",    "but",    "caf\xC3\xA9",
      "is",   "closed", "until", "monday",  "\\\"ok\\\"", "so",     "let",    "us",     "wait",   "for",
      "a",    "build",  "with",  "twelve",  "packets",  "and",    "no",     "gap",    "in",     "between",
      "send", "it",     "again", "tomorrow", "please",  "thanks", "gr\xC3\xBC\xC3\x9F", "\xF0\x9F\x91\x8D"};
  char text[256];
  int side = (int)(c->sent & 1);
  size_t wanted = 60 + randomBelow(191);
  size_t at = (size_t)snprintf(
      text, sizeof text, "{\"type\":\"chat\",\"id\":%u,\"user\":\"user%04u\",\"text\":\"", c->sent, index % 10000);
  for (;;) {
    const char *word = words[randomBelow(sizeof words / sizeof *words)];
    size_t length = strlen(word);
    if (at + length + 1 + 2 > wanted) break;
    memcpy(text + at, word, length);
    text[at + length] = ' ';
    at += length + 1;
  }
  while (at + 2 < wanted) text[at++] = '.';
  text[at++] = '"', text[at++] = '}';
  frame(c, side, 1, text, at);
  c->sent++;
}

static void end(Connection *c) {
  static const char normalClosure[] = {0x03, (char)0xE8};
  frame(c, 0, 8, normalClosure, 2);
  frame(c, 1, 8, normalClosure, 2);
  segment(c, 1, FIN | ACK, NULL, 0);
  segment(c, 0, FIN | ACK, NULL, 0);
  segment(c, 1, ACK, NULL, 0);
}

static unsigned long long number(const char *text) {
  char *rest;
  unsigned long long value = strtoull(text, &rest, 10);
  if (*rest || !*text || *text == '-' || value > UINT32_MAX) {
    fprintf(stderr, "make-chat-capture: not a number: %s\n", text);
    exit(64);
  }
  return value;
}

int main(int argc, char **argv) {
  uint64_t messages = 1000000;
  uint32_t connections = 2000;
  const char *path = NULL;
  randomState = 1;
  for (int i = 1; i < argc; i++) {
    if (argv[i][0] == '-' && argv[i][1] && !argv[i][2] && i + 1 < argc && strchr("ncs", argv[i][1])) {
      unsigned long long value = number(argv[i + 1]);
      if (argv[i][1] == 'n') messages = value;
      if (argv[i][1] == 'c') connections = (uint32_t)value;
      if (argv[i][1] == 's') randomState = value;
      i++;
    } else if (!path && argv[i][0] != '-') {
      path = argv[i];
    } else {
      path = NULL;
      break;
    }
  }
  if (!path || connections == 0 || connections > 1 << 22) {
    fprintf(stderr, "usage: make-chat-capture [-n MESSAGES] [-c CONNECTIONS] [-s SEED] FILE\n");
    return 64;
  }
  output = fopen(path, "wb");
  if (!output) {
    perror(path);
    return 1;
  }
  setvbuf(output, NULL, _IOFBF, 1 << 20);
  const uint32_t magic = 0xA1B2C3D4, rest[4] = {0, 0, 262144, 1};  // zone, accuracy, snap length, Ethernet
  const uint16_t version[2] = {2, 4};
  fwrite(&magic, 4, 1, output);
  fwrite(version, 2, 2, output);
  fwrite(rest, 4, 4, output);

  Connection *all = calloc(connections, sizeof *all);
  uint32_t *order = malloc(connections * sizeof *order);
  if (!all || !order) return 1;
  for (uint32_t i = 0; i < connections; i++) order[i] = i, begin(&all[i], i);
  for (uint64_t done = 0; done < messages;) {
    for (uint32_t i = connections - 1; i > 0; i--) {
      uint32_t j = randomBelow(i + 1), swapped = order[i];
      order[i] = order[j], order[j] = swapped;
    }
    for (uint32_t i = 0; i < connections && done < messages; i++, done++) message(&all[order[i]], order[i]);
  }
  for (uint32_t i = 0; i < connections; i++) end(&all[i]);
  free(all);
  free(order);
  if (fclose(output)) {
    perror(path);
    return 1;
  }
  printf("%llu messages, %u connections, %llu packets\n", (unsigned long long)messages, connections,
         (unsigned long long)packetCount);
  return 0;
}
