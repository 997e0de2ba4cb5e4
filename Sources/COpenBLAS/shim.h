// CBLAS comes from OpenBLAS's own header. Debian's OpenBLAS has no LAPACKE, so the LAPACK routines in use are
// declared here by their Fortran symbols; every argument is a pointer, and the trailing character lengths
// that gfortran passes are left out, as they may be for single characters.
#ifndef GRADCAM_COPENBLAS_SHIM_H
#define GRADCAM_COPENBLAS_SHIM_H

#include <cblas.h>

#endif
