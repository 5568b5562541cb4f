"""Makes tests/fixtures/networks: tiny networks from the reference's own modules, with random weights, and what they compute.

Usage: python tests/oracle/networks_fixtures.py VEC2FACE_CHECKOUT SOTA_CHECKOUT
(https://github.com/HaiyuWu/Vec2Face and https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test)
"""
import sys
from argparse import Namespace
from pathlib import Path

import numpy as np
import torch

from networks_reference import Reference, generate, randomise

OUT = Path(__file__).resolve().parent.parent / "fixtures" / "networks"


def save(name, arrays):
    np.savez(OUT / name, **{key: np.ascontiguousarray(value) for key, value in arrays.items()})


def tiny_generator(reference):
    """Width 32, 1+1 blocks, image decoder 4 x (1, 2, 4) channels: 28x28 pixels."""
    model = reference.generator(
        image=dict(z_channels=24, ch=4, ch_mult=[1, 2, 4], num_res_blocks=2, resolution=28), groups=2,
        rep_dim=64, embed_dim=32, depth=1, num_heads=4, decoder_embed_dim=32, decoder_depth=1, decoder_num_heads=2)
    randomise(model, 1)
    # patch_embed is the largest tensor and is never used; center_token, unused too, stays in the file.
    state = {key: value for key, value in model.state_dict().items() if not key.startswith("patch_embed.")}
    torch.save({"model_vec2face": state, "epoch": 3, "args": Namespace(lr=4e-5)}, OUT / "generator.pth")
    vectors = torch.randn(3, 64, generator=torch.Generator().manual_seed(2)) * 2
    save("generator.npz", generate(model, vectors, [0.11, 0.4, 0.98], 3))


def tiny_iresnet(reference, se):
    """Stem 64, then 4, 8, 16, 32 channels, 32x32 pixels to 24 values; squeeze-and-excitation with reduction 2."""
    module = reference.iresnet(se)
    if se:
        construct = module.SEModule.__init__
        module.SEModule.__init__ = lambda self, channels, _: construct(self, channels, 2)

    class Tiny(module.IResNet):
        def _make_layer(self, block, planes, blocks, stride=1):
            return super()._make_layer(block, planes // 16, blocks, stride)

    mode = dict(mode="se") if se else {}
    model = Tiny(module.IBasicBlock, [2, 1, 1, 1], num_features=24, **mode)
    model.bn2 = torch.nn.BatchNorm2d(32)
    model.fc = torch.nn.Linear(32 * 2 * 2, 24)
    randomise(model, 4)
    name = "iresnet_se" if se else "iresnet"
    torch.save(model.state_dict(), OUT / f"{name}.pth")

    stream = torch.Generator().manual_seed(5)
    images = torch.randn(4, 3, 32, 32, generator=stream).clip(-1, 1)
    taps = []
    for stage in (model.layer1, model.layer2, model.layer3, model.layer4):
        stage.register_forward_hook(lambda _, __, out: taps.append(out.detach().numpy().copy()))
    arrays = dict(images=images.numpy())
    with torch.no_grad():
        arrays["features"] = model.eval()(images).numpy()
        arrays["tap2"], arrays["tap4"] = taps[1], taps[3]
        # Training: statistics of the batch, a known dropout mask, running statistics after one step of momentum 0.1.
        kept = (torch.rand(4, 32 * 2 * 2, generator=stream) >= 0.4) / 0.6
        model.dropout.forward = lambda x: x * kept
        arrays["dropout"] = kept.numpy()
        arrays["train_features"] = model.train()(images).numpy()
    for key, value in model.state_dict().items():
        if "running_" in key:
            arrays[f"after.{key}"] = value.numpy()
    save(f"{name}.npz", arrays)


def tiny_discriminator(reference):
    model = randomise(reference.discriminator()(dims=(8, 8, 16), cross_embed_kernel_sizes=(3, 7, 5)), 6)
    torch.save(model.state_dict(), OUT / "discriminator.pth")
    images = torch.randn(2, 3, 24, 24, generator=torch.Generator().manual_seed(7))
    with torch.no_grad():
        save("discriminator.npz", dict(images=images.numpy(), verdicts=model(images).numpy()))


def initial_spread(reference):
    """Mean and spread of the reference's own first values, a row (mean, standard deviation, largest) a parameter."""
    torch.manual_seed(8)
    def spread(model):
        return {key: np.array([value.mean(), value.std(correction=0), value.abs().max()])
                for key, value in model.state_dict().items()
                if value.is_floating_point() and value.numel() >= 256}
    generator = reference.generator(
        image=dict(z_channels=64, ch=32, ch_mult=[1, 2], num_res_blocks=1, resolution=14), rep_dim=128, embed_dim=64,
        depth=1, num_heads=4, decoder_embed_dim=64, decoder_depth=1, decoder_num_heads=4)
    save("initial_generator.npz", spread(generator))
    module = reference.iresnet()
    save("initial_iresnet.npz", spread(module.IResNet(module.IBasicBlock, [1, 1, 1, 1])))


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    reference = Reference(*sys.argv[1:3])
    tiny_generator(reference)
    tiny_iresnet(reference, se=False)
    tiny_iresnet(reference, se=True)
    tiny_discriminator(reference)
    initial_spread(reference)
    for path in sorted(OUT.iterdir()):
        print(path.name, path.stat().st_size)


main()
