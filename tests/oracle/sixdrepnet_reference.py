"""6DRepNet's own PyTorch modules, made importable without what they need but do not use here.

https://github.com/thohemp/6DRepNet . Nothing of it is copied: a checkout is imported from the folder given.
"""
import contextlib
import importlib
import io
import sys
import types

import torch

from networks_reference import randomise


class SixDRepNetReference:
    """Modules of one folder `sixdrepnet`."""

    def __init__(self, folder):
        sys.modules["cv2"] = types.ModuleType("cv2")
        sys.path.insert(0, str(folder))
        self.utils, self.loss = importlib.import_module("utils"), importlib.import_module("loss")
        self.repvgg = importlib.import_module("backbone.repvgg")
        self.module = importlib.import_module("model")

    def model(self, blocks, widths, groups=1, use_se=False, deploy=False):
        """A pose estimator whose stages have these layers and widths; every second layer in groups."""
        every_second = {layer: groups for layer in range(2, 27, 2)} if groups > 1 else None
        factors = [width / (64 * 2 ** stage) for stage, width in enumerate(widths)]
        self.module.get_RepVGG_func_by_name = lambda name: lambda deploy: self.repvgg.RepVGG(
            num_blocks=blocks, width_multiplier=factors, override_groups_map=every_second, deploy=deploy, use_se=use_se)
        return self.named("", deploy)

    def named(self, name, deploy):
        """A pose estimator of a size that the reference names, as "RepVGG-B1g2"."""
        with contextlib.redirect_stdout(io.StringIO()):  # the modules print their shapes
            return self.module.SixDRepNet(backbone_name=name, backbone_file="", deploy=deploy, pretrained=False)


def lively(model, seed):
    """Random values that keep signals alive through ReLU, so that images give different angles."""
    randomise(model, seed)
    stream = torch.Generator().manual_seed(seed + 1)
    with torch.no_grad():
        for name, value in model.named_parameters():
            if value.dim() == 4:
                value.copy_(torch.randn(value.shape, generator=stream) * (2 / value[0].numel()) ** 0.5)
        model.linear_reg.weight *= 3
    return model
