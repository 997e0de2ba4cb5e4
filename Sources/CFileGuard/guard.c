// Mappings of files that others may cut short while they are read.
#define _GNU_SOURCE
#include "CFileGuard.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

struct place {
  atomic_int is_taken, is_hit;
  // The bytes from `begin` on; 0 where nothing is guarded.
  atomic_uintptr_t begin, end;
};

// Fixed, and read without locks: a handler may use neither.
static struct place places[GRADCAM_GUARDS];
static struct sigaction before;
static uintptr_t page_size;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int is_installed;

// Puts zeros in the place of what cannot be read, from the page at fault to the end of its mapping; the reader goes on with them, and
// asks later whether it did.
static int mend(uintptr_t address) {
  for (int number = 0; number < GRADCAM_GUARDS; number++) {
    struct place *place = &places[number];
    const uintptr_t begin = atomic_load(&place->begin), end = atomic_load(&place->end);
    if (begin == 0 || address < begin || address >= end) continue;
    const uintptr_t page = address & ~(page_size - 1);
    // Before the zeros are there: whoever reads them can know.
    atomic_store(&place->is_hit, 1);
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE;
    return mmap((void *)page, end - page, PROT_READ, flags, -1, 0) != MAP_FAILED;
  }
  return 0;
}

static void handle(int number, siginfo_t *info, void *context) {
  (void)context;
  const int error = errno;
  const int is_fault = info->si_code > 0;
  if (!is_fault || !mend((uintptr_t)info->si_addr)) {
    // Somebody else's: a fault comes again when this returns, and a signal that was sent is sent again.
    sigaction(number, &before, NULL);
    if (!is_fault) raise(number);
  }
  errno = error;
}

static void install(void) {
  page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
  struct sigaction action = {0};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  sigemptyset(&action.sa_mask);
  is_installed = sigaction(SIGBUS, &action, &before) == 0;
}

int gradcam_guard(const void *start, size_t count) {
  pthread_once(&once, install);
  if (!is_installed) return -1;
  for (int number = 0; number < GRADCAM_GUARDS; number++) {
    struct place *place = &places[number];
    int free = 0;
    if (!atomic_compare_exchange_strong(&place->is_taken, &free, 1)) continue;
    atomic_store(&place->is_hit, 0);
    atomic_store(&place->end, (uintptr_t)start + count);
    atomic_store(&place->begin, (uintptr_t)start);
    return number;
  }
  return -1;
}

int gradcam_guard_is_hit(int number) { return atomic_load(&places[number].is_hit); }

void gradcam_unguard(int number) {
  atomic_store(&places[number].begin, 0);
  atomic_store(&places[number].is_taken, 0);
}
