// Which levels there are, and which of them the processor can do: the only place that asks it.
#include "CKernels.h"
#include "sha256.h"

extern const struct gradcam_kernels gradcam_kernels_portable;

#if defined(__x86_64__)
#include <cpuid.h>

extern const struct gradcam_kernels gradcam_kernels_avx2, gradcam_kernels_avx512;

int gradcam_best_level(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    return GRADCAM_AVX512;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? GRADCAM_AVX2 : GRADCAM_PORTABLE;
}

const struct gradcam_kernels *gradcam_kernels_for(int level) {
  switch (level) {
  case GRADCAM_AVX512: return &gradcam_kernels_avx512;
  case GRADCAM_AVX2: return &gradcam_kernels_avx2;
  default: return &gradcam_kernels_portable;
  }
}

int gradcam_sha256_best_level(void) {
  unsigned a, b, c, d;
  __builtin_cpu_init();
  const int has_instructions = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 29 & 1);
  return __builtin_cpu_supports("sse4.1") && has_instructions ? GRADCAM_SHA256_X86 : GRADCAM_SHA256_PORTABLE;
}

const struct gradcam_sha256 *gradcam_sha256_for(int level) {
  return level == GRADCAM_SHA256_X86 ? &gradcam_sha256_x86 : &gradcam_sha256_portable;
}
#else
int gradcam_best_level(void) { return GRADCAM_PORTABLE; }

const struct gradcam_kernels *gradcam_kernels_for(int level) { return (void)level, &gradcam_kernels_portable; }

int gradcam_sha256_best_level(void) { return GRADCAM_SHA256_PORTABLE; }

const struct gradcam_sha256 *gradcam_sha256_for(int level) { return (void)level, &gradcam_sha256_portable; }
#endif
