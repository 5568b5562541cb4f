"""One network of the reference at full size with random weights: checkpoint, inputs and outputs, for `deno task parity`.

Usage: python networks_parity.py JSON
JSON: {"reference": DIR, "seReference": DIR or null, "output": DIR, "kind": "generator" or "recogniser", "config": {...}}
with the configuration as lib/networks has it, or {"poseReference": DIR, "output": DIR, "kind": "pose"}. Writes zip.pth, legacy.pth, and one .npy an array.
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch

from networks_reference import Reference, generate, randomise
from sixdrepnet_reference import SixDRepNetReference, lively


def generator(reference, config):
    image = config["image"]
    model = reference.generator(
        image=dict(z_channels=image["inputs"], ch=image["channels"], ch_mult=image["multipliers"],
                   num_res_blocks=image["resBlocks"]),
        groups=image["groups"], rep_dim=config["vectorSize"], embed_dim=config["width"], depth=config["encoderBlocks"],
        num_heads=config["encoderHeads"], decoder_embed_dim=config["width"], decoder_depth=config["decoderBlocks"],
        decoder_num_heads=config["decoderHeads"], mlp_ratio=config["mlpRatio"])
    randomise(model, 1)
    with torch.no_grad():  # most pixels inside -1..1, so that clipping hides nothing
        model.im_decoder.conv_out.weight *= 0.3
    vectors = torch.randn(3, config["vectorSize"], generator=torch.Generator().manual_seed(2))
    arrays = generate(model, vectors, [0.12, 0.3, 0.9], 3)
    arrays["image"] = arrays["image"].clip(-1, 1)
    return {"model_vec2face": model.state_dict(), "epoch": 1}, arrays


def recogniser(reference, config):
    se = config["squeezeExcitation"] > 0
    module = reference.iresnet(se)
    share = 64 // config["stem"]

    class Scaled(module.IResNet):
        """The reference's network with every width divided; its constructor has the widths written out."""

        def _make_layer(self, block, planes, blocks, stride=1):
            self.inplanes //= share if planes == 64 else 1
            return super()._make_layer(block, planes // share, blocks, stride)

    model = Scaled(module.IBasicBlock, config["layers"], **(dict(mode="se") if se else {}))
    if share > 1:
        stem, last = config["stem"], config["widths"][3]
        model.conv1 = torch.nn.Conv2d(3, stem, 3, 1, 1, bias=False)
        model.bn1, model.prelu, model.bn2 = torch.nn.BatchNorm2d(stem), torch.nn.PReLU(stem), torch.nn.BatchNorm2d(last)
        model.fc = torch.nn.Linear(last * 7 * 7, config["features"])
    randomise(model, 4).eval()
    images = torch.randn(3, 3, 112, 112, generator=torch.Generator().manual_seed(5)).clip(-1, 1)
    with torch.no_grad():
        return model.state_dict(), dict(images=images.numpy(), features=model(images).numpy())


def pose(reference):
    """6DRepNet as Vec2Face makes and feeds it: deploy form, BGR in 0..1, degrees pitch, yaw, roll."""
    model = lively(reference.named("RepVGG-B1g2", True), 6).eval()
    images = torch.randn(3, 3, 112, 112, generator=torch.Generator().manual_seed(7)).clip(-1, 1)
    with torch.no_grad():
        rotation = model((images[:, [2, 1, 0]] + 1) / 2)
        angles = reference.utils.compute_euler_angles_from_rotation_matrices(rotation) * 180 / np.pi
    return model.state_dict(), dict(images=images.numpy(), angles=angles.numpy())


def main():
    request = json.loads(sys.argv[1])
    torch.set_num_threads(request.get("threads") or torch.get_num_threads())
    if request["kind"] == "pose":
        checkpoint, arrays = pose(SixDRepNetReference(request["poseReference"]))
    else:
        reference = Reference(request["reference"], request["seReference"])
        build = generator if request["kind"] == "generator" else recogniser
        checkpoint, arrays = build(reference, request["config"])
    output = Path(request["output"])
    torch.save(checkpoint, output / "zip.pth")
    torch.save(checkpoint, output / "legacy.pth", _use_new_zipfile_serialization=False)
    for name, values in arrays.items():
        np.save(output / f"{name}.npy", np.ascontiguousarray(values))


main()
