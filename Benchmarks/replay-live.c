// Sends the packets of a capture on an interface at a steady rate, over and over, for a while.
//
// usage: replay-live FILE INTERFACE PACKETS_PER_SECOND SECONDS
//
// FILE is what make-chat-capture writes: classic pcap of this machine's byte order, Ethernet, IPv4, TCP. Each time
// around, the second octet of both addresses is one higher, with the checksums mended: the same conversations between
// other hosts. Prints how many packets and bytes were sent, and how late the last of them was in milliseconds.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { batch = 64, ethernet = 14, checksumOfIP = 10, addresses = 12, checksumOfTCP = 16 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

// Mends a checksum when a 16-bit word changes (RFC 1624).
static void mend(uint8_t *checksum, const uint8_t *before, const uint8_t *after) {
  uint32_t sum = (uint16_t)~(checksum[0] << 8 | checksum[1]);
  sum += (uint16_t)~(before[0] << 8 | before[1]);
  sum += (uint32_t)(after[0] << 8 | after[1]);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  uint16_t mended = (uint16_t)~sum;
  checksum[0] = (uint8_t)(mended >> 8);
  checksum[1] = (uint8_t)mended;
}

// Moves both hosts of a packet to the next network.
static void move(uint8_t *packet) {
  uint8_t *ip = packet + ethernet;
  uint8_t *tcp = ip + (ip[0] & 15) * 4;
  for (int which = 0; which < 2; which++) {
    uint8_t *word = ip + addresses + which * 4;
    uint8_t before[2] = {word[0], word[1]};
    word[1]++;
    mend(ip + checksumOfIP, before, word);
    mend(tcp + checksumOfTCP, before, word);
  }
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: replay-live FILE INTERFACE PACKETS_PER_SECOND SECONDS\n");
    return 64;
  }
  FILE *file = fopen(argv[1], "rb");
  if (!file) fail(argv[1]);
  fseek(file, 0, SEEK_END);
  size_t size = (size_t)ftell(file);
  rewind(file);
  uint8_t *bytes = malloc(size);
  if (!bytes || fread(bytes, 1, size, file) != size || size < 24) fail(argv[1]);
  double rate = atof(argv[3]), seconds = atof(argv[4]);

  size_t count = 0;
  struct iovec *packets = malloc(sizeof *packets * (size / 16));
  for (size_t offset = 24; offset + 16 <= size;) {
    uint32_t captured;
    memcpy(&captured, bytes + offset + 8, 4);
    packets[count].iov_base = bytes + offset + 16;
    packets[count++].iov_len = captured;
    offset += 16 + captured;
  }

  int descriptor = socket(AF_PACKET, SOCK_RAW, 0);
  if (descriptor < 0) fail("socket");
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(argv[2])};
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0) fail(argv[2]);

  struct mmsghdr messages[batch];
  memset(messages, 0, sizeof messages);
  uint64_t sent = 0, octets = 0;
  double start = now(), late = 0;
  size_t next = 0;
  while (now() - start < seconds) {
    double due = start + (double)sent / rate;
    late = now() - due;
    if (late < 0) {
      struct timespec pause = {0, (long)(-late * 1e9) < 900000000 ? (long)(-late * 1e9) : 900000000};
      nanosleep(&pause, NULL);
    }
    int filled = 0;
    for (; filled < batch; filled++) {
      messages[filled].msg_hdr.msg_iov = &packets[next];
      messages[filled].msg_hdr.msg_iovlen = 1;
      octets += packets[next].iov_len;
      if (++next == count) break;
    }
    if (next == count) filled++;
    for (int done = 0; done < filled;) {
      int taken = sendmmsg(descriptor, messages + done, (unsigned)(filled - done), 0);
      if (taken < 0) fail("sendmmsg");
      done += taken;
    }
    sent += (uint64_t)filled;
    if (next == count) {
      next = 0;
      for (size_t index = 0; index < count; index++) move(packets[index].iov_base);
    }
  }
  printf("%llu %llu %.0f\n", (unsigned long long)sent, (unsigned long long)octets, late * 1000);
  return 0;
}
