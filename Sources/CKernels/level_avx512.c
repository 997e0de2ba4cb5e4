// The kernels for processors with AVX-512.
#if defined(__x86_64__)
// Before the target is set: the functions in it have their own.
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#define KERNELS gradcam_kernels_avx512
#define LEVEL "avx512"
#define GRADCAM_MASKS
#include "kernels.h"
#pragma clang attribute pop
#endif
