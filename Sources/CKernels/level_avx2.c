// The kernels for processors with AVX2 with FMA.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define KERNELS gradcam_kernels_avx2
#include "kernels.h"
#pragma clang attribute pop
#endif
