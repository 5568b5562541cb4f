"""The reference's own PyTorch modules, made importable without what they need but do not use here.

https://github.com/HaiyuWu/Vec2Face (generator, discriminator, IResNet) and, for squeeze-and-excitation,
https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test . Needs torch, timm 0.9, scipy and numpy.
Nothing of the reference is copied: a checkout is imported from the folder given.
"""
import importlib.util
import sys
import types
from pathlib import Path

import numpy as np
import torch


class Config(dict):
    """A dictionary whose keys are attributes too, as OmegaConf's."""

    __getattr__ = dict.__getitem__


def wrap(value):
    if isinstance(value, dict):
        return Config({key: wrap(inner) for key, inner in value.items()})
    return value


REFERENCE_IMAGE = dict(double_z=False, z_channels=256, resolution=112, in_channels=3, out_ch=3, ch=128,
                       ch_mult=[1, 1, 2, 2, 4], num_res_blocks=2, attn_resolutions=[16], dropout=0.0)


class Reference:
    """Modules of one checkout of Vec2Face."""

    def __init__(self, folder, se_folder=None):
        self.folder, self.se_folder = Path(folder), se_folder and Path(se_folder)
        self.image = dict(REFERENCE_IMAGE)
        for name in ("omegaconf", "sixdrepnet", "sixdrepnet.model"):
            sys.modules[name] = types.ModuleType(name)
        # The reference reads configs/vec2face/vqgan.yaml by relative path; the same numbers are handed over here.
        sys.modules["omegaconf"].OmegaConf = types.SimpleNamespace(
            load=lambda path: wrap({"model": {"params": {"ddconfig": self.image}}}))
        sys.modules["sixdrepnet.model"].utils = None
        sys.path.insert(0, str(self.folder))
        import pixel_generator.vec2face.im_decoder as im_decoder
        import pixel_generator.vec2face.model_vec2face as model_vec2face
        self.im_decoder, self.model_vec2face = im_decoder, model_vec2face

    def load(self, path, name):
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def iresnet(self, se=False):
        folder = self.se_folder / "model" if se else self.folder / "models"
        return self.load(folder / "iresnet.py", "iresnet_se" if se else "iresnet_plain")

    def discriminator(self):
        path = "pixel_generator/vec2face/taming/modules/discriminator/model.py"
        return self.load(self.folder / path, "discriminator").Discriminator

    def generator(self, image=None, groups=32, **config):
        """A generator in evaluation mode; `config` as MaskedGenerativeEncoderViT takes it."""
        self.image = dict(REFERENCE_IMAGE, **(image or {}))
        self.im_decoder.Normalize = lambda channels: torch.nn.GroupNorm(groups, channels, eps=1e-6, affine=True)
        from functools import partial
        norm = partial(torch.nn.LayerNorm, eps=1e-6)
        return self.model_vec2face.MaskedGenerativeEncoderViT(
            patch_size=16, mask_ratio_min=0.1, mask_ratio_max=1.0, norm_layer=norm, **config).eval()


def randomise(model, seed):
    """Random values in every parameter and buffer, of the size that training leaves them; nothing stays 0 or 1."""
    stream = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in [*model.named_parameters(), *model.named_buffers()]:
            if not value.is_floating_point():
                continue
            noise = torch.randn(value.shape, generator=stream)
            if name.endswith("running_var"):
                value.copy_(0.5 + noise.abs())
            elif value.dim() == 1 and "weight" in name:  # norm gains and slopes
                value.copy_(0.8 + 0.2 * noise)
            elif value.dim() == 1:  # biases, running means
                value.copy_(0.1 * noise)
            elif "position" in name or "pos_embed" in name:
                value.copy_(0.5 * noise)
            else:
                fan_in = value[0].numel()
                value.copy_(noise * (1.5 / fan_in) ** 0.5)
    return model


def generate(model, vectors, shares, seed):
    """Runs a generator one vector at a time with known noise; returns what it gave and the masks it took.

    The reference draws one share of masked tokens a batch: one at a time, each vector has a share of its own.
    """
    stream = torch.Generator().manual_seed(seed)
    keep, masked, logits, images, targets = [], [], [], [], []
    draw = torch.rand
    for vector, share in zip(vectors, shares):
        noise = draw(1, 49, generator=stream)
        model.mask_ratio_generator = types.SimpleNamespace(rvs=lambda count, share=share: np.array([share]))
        torch.rand = lambda *shape, **_: noise
        try:
            with torch.no_grad():
                target, out, image, _, all_masked = model(vector[None])
        finally:
            torch.rand = draw
        dropped = noise[0].argsort()[:int(np.ceil(49 * model.mask_ratio_min))]
        keep.append(np.setdiff1d(np.arange(49), dropped.numpy()))
        masked.append(all_masked[0, 1:].numpy())
        logits.append(out[0].numpy())
        images.append(image[0].numpy())
        targets.append(target[0].numpy())
    return dict(vectors=vectors.numpy(), keep=np.stack(keep).astype(np.int64),
                masked=np.stack(masked).astype(np.float32), logits=np.stack(logits),
                image=np.stack(images), targets=np.stack(targets))
