/// Asks for the cache line at an address; nothing happens if there is none.
static inline void prefetch_line(const void *address) { __builtin_prefetch(address); }
