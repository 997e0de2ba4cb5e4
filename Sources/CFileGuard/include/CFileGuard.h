// Mappings of files that others may cut short while they are read: a page that is gone reads as zeros, in the place of ending the
// process by SIGBUS, and the mapping knows of it.
#ifndef GRADCAM_CFILEGUARD_H
#define GRADCAM_CFILEGUARD_H

#include <stddef.h>

// The most mappings that are guarded at once.
enum { GRADCAM_GUARDS = 256 };

// Guards a mapping of a file and gives it a number; -1 where as many are guarded as can be, or the signal cannot be handled.
//
// The first call installs the process's handler of SIGBUS. Faults elsewhere are handed on to the one before it.
int gradcam_guard(const void *start, size_t count);

// Whether something of the mapping could not be read.
int gradcam_guard_is_hit(int number);

// Must be called before the mapping is removed.
void gradcam_unguard(int number);

#endif
