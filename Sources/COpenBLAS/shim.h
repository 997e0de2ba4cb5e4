// CBLAS comes from OpenBLAS's own header. Debian's OpenBLAS has no LAPACKE, so the LAPACK routines in use are
// declared here by their Fortran symbols; every argument is a pointer, and the trailing character lengths
// that gfortran passes are left out, as they may be for single characters.
#ifndef GRADCAM_COPENBLAS_SHIM_H
#define GRADCAM_COPENBLAS_SHIM_H

#include <cblas.h>

// Chosen eigenvalues and eigenvectors of a symmetric matrix.
void ssyevr_(const char *jobz, const char *range, const char *uplo, const blasint *n, float *a, const blasint *lda,
             const float *vl, const float *vu, const blasint *il, const blasint *iu, const float *abstol, blasint *m,
             float *w, float *z, const blasint *ldz, blasint *isuppz, float *work, const blasint *lwork,
             blasint *iwork, const blasint *liwork, blasint *info);

// What the library exports beside BLAS, and some builds lack. Named here and not looked up when the program runs, they are found in a
// library that is linked in, too.
extern int blas_thread_shutdown_(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));
extern void gotoblas_dynamic_init(void) __attribute__((weak));

// Ends the library's own threads, which would take signals that the program waits for. A build without threads has none.
static inline void gradcam_blas_thread_shutdown(void) {
  if (blas_thread_shutdown_) blas_thread_shutdown_();
}

// Has a build for several processors choose its kernels again; 0 from a build for one.
static inline int gradcam_blas_choose_kernels(void) {
  if (!gotoblas_dynamic_quit || !gotoblas_dynamic_init) return 0;
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
  return 1;
}

#endif
