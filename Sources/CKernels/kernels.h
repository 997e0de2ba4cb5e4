// The table of one level: included once by each level's file, which names it and sets the compiler's target.
#include "attention.h"
#include "direct.h"
#include "finish.h"
#include "gather.h"
#include "norms.h"
#include "resample.h"
#include "slopes.h"
#include "softmax.h"
#include "taps.h"
#include "winograd.h"

const struct gradcam_kernels KERNELS = {
    .name = LEVEL,
    .f43 = {f43_weight_panel, f43_input_tiles, f43_output_tiles},
    .f23 = {f23_weight_panel, f23_input_tiles, f23_output_tiles},
    .f22s2 = {f22s2_weight_panel, f22s2_input_tiles, f22s2_output_tiles},
    .finish = finish_rows,
    .activate = activate_all,
    .descend = descend_all,
    .softmax = softmax_bundles,
    .softmax_back = softmax_back_bundles,
    .standardize = standardize_bundles,
    .standardize_back = standardize_back_bundles,
    .depthwise = depthwise_row,
    .direct = direct_row,
    .max_pool = max_pool_row,
    .gather = gather_patches,
    .resample_rows = resample_rows,
    .add_rows = add_rows,
    .attention_shares = attention_shares,
};
