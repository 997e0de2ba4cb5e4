// The kernels for processors with AVX2 with FMA.
#if defined(__x86_64__)
// Before the target is set: the functions in it have their own.
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define KERNELS gradcam_kernels_avx2
#define LEVEL "avx2"
#define GRADCAM_256_BITS
#include "kernels.h"
#pragma clang attribute pop
#endif
