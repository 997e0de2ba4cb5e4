// CBLAS comes from OpenBLAS's own header. Debian's OpenBLAS has no LAPACKE, so the LAPACK routines in use are
// declared here by their Fortran symbols; every argument is a pointer, and the trailing character lengths
// that gfortran passes are left out, as they may be for single characters.
#ifndef GRADCAM_COPENBLAS_SHIM_H
#define GRADCAM_COPENBLAS_SHIM_H

#include <cblas.h>

// What the processor can do, for choosing OpenBLAS's kernels: 2 for AVX-512 (F, BW, DQ, VL), 1 for AVX2 with FMA, else 0.
static inline int gradcam_vector_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    return 2;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return 1;
#endif
  return 0;
}

#endif
