// Runs a command and writes what it used to a file: CPU seconds (user plus system) and peak resident set in KiB.
//
// usage: measure RESULT COMMAND [ARGUMENT...]
//
// A process inherits its peak from the program that started it, so this small program must start it: an interpreter's
// own 15 MiB would hide the numbers. Exits with the command's status.

#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static double seconds(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec / 1e6; }

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: measure RESULT COMMAND [ARGUMENT...]\n");
    return 64;
  }
  pid_t child = fork();
  if (child < 0) {
    perror("fork");
    return 1;
  }
  if (child == 0) {
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    _exit(127);
  }
  int status;
  struct rusage used;
  if (wait4(child, &status, 0, &used) < 0) {
    perror("wait4");
    return 1;
  }
  FILE *result = fopen(argv[1], "w");
  if (!result) {
    perror(argv[1]);
    return 1;
  }
#ifdef __APPLE__
  long peak = used.ru_maxrss / 1024;
#else
  long peak = used.ru_maxrss;
#endif
  fprintf(result, "%.6f %ld\n", seconds(used.ru_utime) + seconds(used.ru_stime), peak);
  fclose(result);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
