// Inner loops that want the processor's widest vectors. Every kernel is one source, compiled once for each vector level
// (portable.c, avx2.c, avx512.c), and chosen at run time: `gradcam_kernels_for`.
//
// Feature maps are channels-last; "channels" run innermost and are contiguous.
#ifndef GRADCAM_CKERNELS_H
#define GRADCAM_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

// What the processor can do: 2 for AVX-512 (F, BW, DQ, VL), 1 for AVX2 with FMA, else 0.
int gradcam_vector_level(void);

// Tells the processor that this thread waits for another.
static inline void gradcam_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
