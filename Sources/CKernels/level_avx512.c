// The kernels for processors with AVX-512.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#define KERNELS gradcam_kernels_avx512
#define GRADCAM_MASKS
#include "kernels.h"
#pragma clang attribute pop
#endif
