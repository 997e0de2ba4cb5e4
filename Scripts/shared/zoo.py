"""Seeded networks of torchvision, timm (`timm.NAME`) and Hugging Face (`hf.KIND`), by name, with two layers of each to look at."""

import torch

from shared.networks import randomise_norms, with_last_relu, with_one_swish, without_inplace
from shared.vision import models


def features(last, middle):
    return f"features.{last}", f"features.{middle}"


# The default layer by PyTorch's name, and one in the middle. The tool recognises the state dicts of these.
STATE_DICTS = {
    **dict.fromkeys([
        *(f"resnet{depth}" for depth in (18, 34, 50, 101, 152)), "resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d",
        "wide_resnet50_2", "wide_resnet101_2"], ("layer4", "layer2")),
    **{name: features(*layers) for name, layers in {
        "vgg11": (19, 9), "vgg11_bn": (27, 13), "vgg13": (23, 13), "vgg13_bn": (33, 19), "vgg16": (29, 15),
        "vgg16_bn": (42, 22), "vgg19": (35, 17), "vgg19_bn": (51, 25), "alexnet": (11, 4)}.items()},
    **{f"densenet{depth}": ("relu", "features.denseblock2") for depth in (121, 161, 169, 201)},
    "squeezenet1_0": ("classifier.2", "features.7"), "squeezenet1_1": ("classifier.2", "features.6"),
    "mobilenet_v2": features(18, 10),
    **{f"timm.resnet{kind}": ("layer4", "layer2") for kind in ("18", "34", "50", "18d", "34d", "50d", "101d", "10t", "50t")},
    **{f"timm.seres{kind}": ("layer4", "layer2") for kind in ("net18", "net50", "net152d", "next50_32x4d", "next26t_32x4d")},
    "googlenet": ("inception5b", "inception4c"), "inception_v3": ("Mixed_7c", "Mixed_6b"),
    "timm.inception_v3": ("Mixed_7c", "Mixed_6b"),
    **dict.fromkeys([f"shufflenet_v2_x{width}" for width in ("0_5", "1_0", "1_5", "2_0")], ("conv5", "stage3")),
    **{f"convnext_{size}": features(7, 3) for size in ("tiny", "small")},
    **{f"timm.{name}": ("stages.3", "stages.1") for name in (
        "convnext_atto", "convnext_nano", "convnext_tiny", "convnextv2_atto", "convnextv2_tiny")},
    "hf.ConvNext": ("convnext.encoder.stages.3", "convnext.encoder.stages.1"),
    "hf.ConvNextV2": ("convnextv2.encoder.stages.3", "convnextv2.encoder.stages.1"),
    **{f"vit_{kind}": tuple(f"encoder.layers.encoder_layer_{place}" for place in ("11.ln_1", "5"))
       for kind in ("b_16", "b_32")},
    "vit_l_32": ("encoder.layers.encoder_layer_23.ln_1", "encoder.layers.encoder_layer_11"),
    **{f"timm.{name}": ("blocks.11.norm1", "blocks.5") for name in (
        "vit_tiny_patch16_224", "vit_small_patch32_224", "vit_base_patch16_224", "deit_tiny_patch16_224",
        "deit_tiny_distilled_patch16_224")},
    "timm.vit_base_patch16_gap_224": ("norm", "blocks.5"),
    "timm.deit3_small_patch16_224": ("blocks.11.norm1", "blocks.5"),
    **{f"hf.{name}": (f"{name.lower()}.layers.11.layernorm_before", f"{name.lower()}.layers.5")
       for name in ("ViT", "DeiT")},
    **{f"swin_{size}": ("norm", "features.3") for size in ("t", "s", "b")},
    **{f"timm.swin_{size}_patch4_window7_224": ("norm", "layers.1") for size in ("tiny", "small")},
    "hf.Swin": ("swin.layernorm", "swin.encoder.layers.1.blocks.1.layernorm_after"),
    **{f"efficientnet_b{size}": features(8, 4) for size in range(8)},
    "efficientnet_v2_s": features(7, 4), "efficientnet_v2_m": features(8, 4), "efficientnet_v2_l": features(8, 4),
    "mobilenet_v3_small": features(12, 6), "mobilenet_v3_large": features(16, 8),
    **dict.fromkeys([f"mnasnet{width}" for width in ("0_5", "0_75", "1_0", "1_3")], ("layers", "layers.10")),
    **dict.fromkeys([f"regnet_{kind}" for kind in (
        "x_400mf", "x_800mf", "x_1_6gf", "x_3_2gf", "x_8gf", "x_16gf", "y_400mf", "y_800mf", "y_1_6gf", "y_3_2gf",
        "y_8gf", "y_16gf")], ("trunk_output", "trunk_output.block2")),
    **{f"timm.{name}": ("bn2", "blocks.2") for name in """
        efficientnet_b0 efficientnet_b1 efficientnet_b2 efficientnet_b3 efficientnet_b4 efficientnet_es efficientnet_lite0
        efficientnetv2_rw_t efficientnetv2_rw_s efficientnetv2_rw_m tf_efficientnet_b0 tf_efficientnet_b1 tf_efficientnet_b5
        tf_efficientnet_es tf_efficientnet_lite0 tf_efficientnet_lite3 tf_efficientnetv2_b0 tf_efficientnetv2_b3
        tf_efficientnetv2_s efficientnet_b1_pruned tinynet_a tinynet_e test_efficientnet mnasnet_100 mnasnet_small
        semnasnet_100 spnasnet_100 fbnetc_100 mobilenetv1_100h mobilenetv2_100 mobilenetv2_120d mobilenet_edgetpu_100
        mobilenet_edgetpu_v2_m
    """.split()},
    **{f"timm.{name}": ("blocks", "blocks.2") for name in """
        mobilenetv1_100 mobilenetv3_large_100 mobilenetv3_large_150d mobilenetv3_rw mobilenetv3_small_050
        mobilenetv3_small_100 tf_mobilenetv3_large_100 tf_mobilenetv3_small_100 tf_mobilenetv3_large_minimal_100
        tf_mobilenetv3_small_minimal_100 fbnetv3_b fbnetv3_d lcnet_050 lcnet_100 mobilenetv4_conv_small
        mobilenetv4_conv_medium mobilenetv4_conv_blur_medium mobilenetv4_conv_aa_large
    """.split()},
    **dict.fromkeys([f"timm.regnet{kind}" for kind in (
        "x_002", "x_004", "x_008", "x_032", "y_002", "y_008", "y_016", "y_040")], ("s4", "s2")),
    **dict.fromkeys(["timm.regnetz_005", "timm.regnetz_040_h"], ("final_conv", "s2")),
    **{f"efficientnet_pytorch.efficientnet-b{size}": ("_swish", "_blocks.5") for size in range(5)},
}
# These are compared as ONNX, too.
OTHERS = {
    "mobilenet_v3_small": features(12, 6), "mobilenet_v3_large": features(16, 8),
    **dict.fromkeys(["mnasnet0_5", "mnasnet1_0"], ("layers", "layers.10")),
    "efficientnet_b0": features(8, 4), "efficientnet_b1": features(8, 4), "efficientnet_v2_s": features(7, 4),
    **dict.fromkeys(["regnet_y_400mf", "regnet_x_400mf"], ("trunk_output", "trunk_output.block2")),
}
# The names that choose networks whose weights are others' as well.
NAMES = {
    f"timm.{name}": name for name in """
        tf_efficientnet_b0 tf_efficientnet_b1 tf_efficientnet_b5 tf_efficientnet_es tf_efficientnet_lite0
        tf_mobilenetv3_large_100 tf_mobilenetv3_small_100 mobilenetv4_conv_blur_medium mobilenetv4_conv_aa_large
    """.split()} | {"timm.vit_base_patch16_gap_224": "vit:heads=16"}
# Sixty convolutional classifiers of timm's, of as many kinds as there are.
TIMM = [f"timm.{name}" for name in """
    dpn68 convnext_atto convnextv2_atto cs3darknet_s cspresnet50 cspresnext50 darknet53 densenetblur121d
    dla34 dla60_res2net dm_nfnet_f0 dpn48b eca_nfnet_l0 ecaresnet26t efficientnet_es efficientnet_lite0
    ese_vovnet19b_dw fasternet_t0 fbnetc_100 fbnetv3_b focalnet_tiny_srf gc_efficientnetv2_rw_t gcresnext26ts
    gernet_s ghostnet_100 ghostnetv2_100 hardcorenas_a hgnetv2_b0 hrnet_w18_small inception_next_atto
    inception_resnet_v2 inception_v4 lcnet_050 legacy_seresnet18 legacy_xception mambaout_femto mixnet_s
    mobilenetv3_small_050 mobilenetv4_conv_small mobileone_s0 nf_regnet_b1 rdnet_tiny regnetx_002 regnety_002
    regnetz_b16 repghostnet_050 repvgg_a0 res2net50_14w_8s resnest14d resnetaa50 resnetblur18 resnetv2_50 rexnet_100
    selecsls42 skresnet18 starnet_s1 tf_efficientnetv2_b0 tinynet_e vovnet39a xception41
""".split()]
# Transformers and hybrids, small ones of every family: torchvision's, timm's and Hugging Face's.
TRANSFORMERS = [
    "vit_b_16", "vit_b_32", "swin_t", "swin_v2_t", "maxvit_t", "hf.ViT", "hf.DeiT", "hf.Swin", "hf.CLIP", "hf.Siglip",
    *(f"timm.{name}" for name in """
        vit_tiny_patch16_224 deit_tiny_distilled_patch16_224 deit3_small_patch16_224 beit_base_patch16_224
        beitv2_base_patch16_224 eva02_tiny_patch14_224 cait_xxs24_224 xcit_nano_12_p16_224 crossvit_tiny_240
        swin_tiny_patch4_window7_224 swinv2_tiny_window8_256 swinv2_cr_tiny_224 twins_pcpvt_small twins_svt_small pvt_v2_b0
        mvitv2_tiny hiera_tiny_224 nest_tiny levit_128s levit_conv_128s tiny_vit_5m_224 efficientformer_l1
        efficientformerv2_s0 edgenext_xx_small coatnet_0_rw_224 coatnet_nano_rw_224 maxvit_tiny_rw_224 maxvit_tiny_tf_224
        mobilevit_xs mobilevitv2_050 fastvit_t8 fastvit_sa12 caformer_s18 davit_tiny volo_d1_224 vit_small_patch14_dinov2
        vit_small_patch14_reg4_dinov2 vit_small_patch16_dinov3 mixer_s32_224 resmlp_12_224 gmlp_ti16_224 convnext_tiny
        focalnet_tiny_srf vit_base_patch32_clip_224 vit_base_patch16_siglip_224 visformer_tiny poolformer_s12 gcvit_xxtiny
        sequencer2d_s coat_tiny convit_tiny pit_ti_224 pit_ti_distilled_224 tnt_s_patch16_224 repvit_m0_9
        maxxvit_rmlp_nano_rw_256 efficientvit_b0 efficientvit_m0 swiftformer_xs shvit_s1 vit_base_patch16_rope_reg1_gap_256
        vitamin_small_224 samvit_base_patch16_224 nextvit_small vit_medium_patch16_reg4_gap_256
    """.split()),
]
# Also exported with attention written out (opset 17) and as one node (23).
OPSETS = (17, 23)
AT_OPSETS = ["swin_t", "hf.ViT", "timm.vit_tiny_patch16_224", "timm.eva02_tiny_patch14_224", "timm.caformer_s18",
             "timm.vit_small_patch14_reg4_dinov2", "timm.vit_base_patch16_siglip_224"]
# Built without the slow initialisation that seeded weights replace anyhow, and without auxiliary heads.
OPTIONS = {name: {"aux_logits": False, "init_weights": False} for name in ("googlenet", "inception_v3")}


def network(name):
    torch.manual_seed(7)
    if name.startswith("timm."):
        import timm

        model = timm.create_model(name[5:])
        if not model.num_classes:  # A trunk that is published without a head.
            model.reset_classifier(1000)
    elif name.startswith("hf."):
        import transformers

        kind = name[3:]
        model = getattr(transformers, f"{kind}ForImageClassification")(getattr(transformers, f"{kind}Config")())
        model.forward = lambda x, forward=model.forward: forward(x).logits
    elif name.startswith("efficientnet_pytorch."):
        import efficientnet_pytorch

        model = with_one_swish(efficientnet_pytorch.EfficientNet.from_name(name.split(".")[1]))
    else:
        model = getattr(models, name)(**OPTIONS.get(name, {}))
    if name.startswith("densenet"):
        with_last_relu(model)
    # Untrained, a token attends to all alike, and scales and tables are zero or nearly so.
    generator = torch.Generator().manual_seed(5)
    for key, value in model.named_parameters():
        # A token by its own name: a `token_mixer` holds whole layers.
        is_token = "token" in key.split(".")[-1]
        if is_token or any(word in key for word in ("pos_embed", "position", "grn", "gamma", "layer_scale")):
            value.data.add_(torch.randn(value.shape, generator=generator), alpha=0.3)
    vary(model)
    randomise_norms(model, generator=torch.Generator().manual_seed(3))
    if "efficientnet" in name or "fbnetv3" in name:
        calm(model)
    without_inplace(model).eval()
    if name in TRANSFORMERS:
        settle(model)
    return model


def vary(model):
    """Gives values to what initialisation leaves at one value or nearly so: behind a head of zeros, anything would agree."""
    generator = torch.Generator().manual_seed(9)
    for value in model.parameters():
        if value.numel() > 1 and value.std() < 1e-3:
            value.data.add_(torch.randn(value.shape, generator=generator), alpha=0.1)


def settle(model):
    """Gives batch norms the statistics of what they see: with made-up ones a picture's trace is lost in a hundred layers."""
    norms = [module for module in model.modules() if isinstance(module, torch.nn.modules.batchnorm._BatchNorm)]
    if not norms:
        return
    size = getattr(model, "pretrained_cfg", {"input_size": (3, 224, 224)})["input_size"][-1]
    generator = torch.Generator().manual_seed(11)
    colours, noise = torch.randn(4, 3, 1, 1, generator=generator), torch.randn(4, 3, size, size, generator=generator)
    for module in norms:
        module.momentum = 1.0
        module.train()
    with torch.no_grad():
        model(colours + noise)
    model.eval()


def calm(model):
    """The model with small residuals: made-up weights in a hundred layers would let rounding errors grow as fast as values do."""
    for block in model.modules():
        if type(block).__name__ in ("InvertedResidual", "EdgeResidual", "MBConv", "FusedMBConv", "MBConvBlock"):
            norms = [module for module in block.modules() if isinstance(module, torch.nn.BatchNorm2d)]
            norms[-1].weight.data *= 0.3
