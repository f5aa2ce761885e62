#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A thread of the system: capturing blocks, which tasks must not.
@safe
final class SystemThread {
  #if canImport(Darwin)
    private var thread: pthread_t?
  #else
    private var thread = pthread_t()
  #endif

  /// What the thread does, on its way there.
  private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Bytes of a thread's stack; some systems give few unless they are asked.
  private static let stackBytes = 8 << 20

  /// Starts a thread; signals are left to the thread that starts it.
  init(_ body: @escaping @Sendable () -> Void) {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setstacksize(&attributes, Self.stackBytes)
    var all = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&all)
    // What the program itself does wrong is told to the thread that does it.
    for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT] { unsafe sigdelset(&all, fault) }
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    // SAFETY: the reference that is given away here is taken back by the thread, once.
    let work = unsafe Unmanaged.passRetained(Work(body)).toOpaque()
    let status = unsafe pthread_create(
      &thread, &attributes,
      { work in
        #if canImport(Darwin)
          unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body()
        #else
          if let work = unsafe work { unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
        #endif
        return nil
      }, work)
    precondition(status == 0, "no thread can be started")
  }

  /// Waits for the thread's end; to be called once.
  func join() {
    #if canImport(Darwin)
      if let thread = unsafe thread { unsafe pthread_join(thread, nil) }
    #else
      pthread_join(thread, nil)
    #endif
  }
}
