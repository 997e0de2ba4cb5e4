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

// Ends the library's own threads. A build without threads lacks it. Named here and not looked up when the program runs, it is found in a
// library that is linked in, too: its threads would take signals that the program waits for.
extern int blas_thread_shutdown_(void) __attribute__((weak));
static inline void gradcam_blas_thread_shutdown(void) {
  if (blas_thread_shutdown_) blas_thread_shutdown_();
}

#endif
