// The kernels for any processor.
#define KERNELS gradcam_kernels_portable
#define LEVEL "baseline"
#include "kernels.h"
