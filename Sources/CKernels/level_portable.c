// The kernels for any processor.
#define KERNELS gradcam_kernels_portable
#include "kernels.h"
