// The yardstick: reads a capture by libpcap, packet by packet, and does nothing with it.
//
// usage: pcap-read-loop FILE

#include <pcap/pcap.h>
#include <stdio.h>

int main(int argc, char **argv) {
  char error[PCAP_ERRBUF_SIZE];
  if (argc != 2) {
    fprintf(stderr, "usage: pcap-read-loop FILE\n");
    return 64;
  }
  pcap_t *capture = pcap_open_offline(argv[1], error);
  if (!capture) {
    fprintf(stderr, "%s\n", error);
    return 1;
  }
  struct pcap_pkthdr *header;
  const u_char *bytes;
  unsigned long long packets = 0, sum = 0;
  int result;
  while ((result = pcap_next_ex(capture, &header, &bytes)) == 1) {
    packets++;
    sum += header->caplen;
  }
  if (result == PCAP_ERROR) {
    fprintf(stderr, "%s\n", pcap_geterr(capture));
    return 1;
  }
  printf("%llu packets, %llu bytes\n", packets, sum);
  pcap_close(capture);
  return 0;
}
