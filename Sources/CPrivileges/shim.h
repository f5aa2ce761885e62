// What a process gives up before it looks at the first packet: system calls for which the C library has no function, or
// one with a variable number of arguments, which Swift cannot call.
#ifdef __linux__
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/if_packet.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Empties the bounding set, so that no program that is started gains a capability. Needs CAP_SETPCAP: who lacks it keeps
/// the set, and no_new_privs does the same.
static inline void privileges_clear_bounding_set(void) {
  for (int capability = 0; capability < 64; capability++) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
}

/// Keeps these capabilities (a bit each) of those that are held, and gives up all others.
static inline int privileges_keep_capabilities(uint64_t kept) {
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct held[2] = {{0, 0, 0}, {0, 0, 0}};
  if (syscall(SYS_capget, &header, held) != 0) return -1;
  uint32_t words[2] = {(uint32_t)kept, (uint32_t)(kept >> 32)};
  for (int index = 0; index < 2; index++) {
    held[index].permitted &= words[index];
    held[index].effective &= words[index];
    held[index].inheritable = 0;
  }
  return (int)syscall(SYS_capset, &header, held);
}

/// No program that this one starts may gain privileges; Landlock asks for it.
static inline int privileges_forbid_new(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

// Landlock (Linux 5.13). Its numbers are the same on all machines; headers may be older than the kernel.

struct privileges_ruleset {
  uint64_t file_system;
  uint64_t network;
  uint64_t scoped;
};

struct privileges_path_rule {
  uint64_t allowed;
  int32_t descriptor;
} __attribute__((packed));

/// The kernel's version of Landlock, or -1.
static inline int privileges_landlock_version(void) { return (int)syscall(444, (void *)0, (size_t)0, 1u); }

/// A ruleset that forbids all that it names, as far as this version knows it; a descriptor, or -1.
static inline int privileges_landlock_create(struct privileges_ruleset ruleset, int version) {
  size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  return (int)syscall(444, &ruleset, size, 0u);
}

/// Allows something below the directory of a descriptor.
static inline int privileges_landlock_allow(int ruleset, int directory, uint64_t allowed) {
  struct privileges_path_rule rule = {allowed, directory};
  return (int)syscall(445, ruleset, 1, &rule, 0u);
}

/// Holds this thread, and all that it starts, to the ruleset.
static inline int privileges_landlock_restrict(int ruleset) { return (int)syscall(446, ruleset, 0u); }

/// What `setsockopt` needs for a group of sockets that share packets; the macros have casts or flags that Swift drops.
static inline uint32_t privileges_fanout_by_flow(uint16_t group, int isNew) {
  uint32_t kind = PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_DEFRAG | (isNew ? PACKET_FANOUT_FLAG_UNIQUEID : 0);
  return kind << 16 | group;
}
#endif
