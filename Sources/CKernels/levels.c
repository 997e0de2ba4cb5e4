#include "CKernels.h"

int gradcam_vector_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    return 2;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return 1;
#endif
  return 0;
}

extern const struct gradcam_kernels gradcam_kernels_portable;
#if defined(__x86_64__)
extern const struct gradcam_kernels gradcam_kernels_avx2, gradcam_kernels_avx512;
#endif

const struct gradcam_kernels *gradcam_kernels_for(int level) {
#if defined(__x86_64__)
  if (level == 2) return &gradcam_kernels_avx512;
  if (level == 1) return &gradcam_kernels_avx2;
#endif
  return &gradcam_kernels_portable;
}
