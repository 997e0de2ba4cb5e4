// OpenBLAS starts a thread for each core as soon as it is there, and they spin for a while before they sleep. The engine has threads of its
// own and asks OpenBLAS for one. Linked into the program, OpenBLAS reads this before it starts any; a shared one is there before.

#include <stdlib.h>

// Constructors without a priority, as OpenBLAS's, come later.
__attribute__((constructor(101))) static void ask_for_one_thread(void) { setenv("OPENBLAS_NUM_THREADS", "1", 1); }
