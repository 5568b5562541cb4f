"""Checks that torch_attrop.py does what the reference does: losses of 20 iterations against those of its own gen_image.

Usage: python tests/bench/torch_attrop_check.py (needs torch and numpy). The networks and losses are those that
tests/fixtures/attributes/make_reference.py wrote; their pose network is a stand-in, so it is put in here too.
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
import torch_attrop

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "attributes"
# oneDNN's backward convolution of PyTorch 2.x ends in a segmentation fault at so few channels.
torch.backends.mkldnn.enabled = False


def weights(name):
    return torch_attrop.Weights({key: torch.tensor(value) for key, value in np.load(FIXTURES / f"{name}.npz").items()})


def yaw(w, _, images):
    """The stand-in: mean over a 7x7 grid of BGR in 0..1, one Linear, tanh; pitch, yaw, roll."""
    grid = F.avg_pool2d((images[:, [2, 1, 0]] + 1) / 2, 16).flatten(1)
    return torch.tanh(F.linear(grid, w["linear.weight"], w["linear.bias"]))[:, 1] * 60


torch_attrop.yaw = yaw
fixture = json.loads((FIXTURES / "reference.json").read_text())
expected, tensor = fixture["endless"], torch.tensor
image = dict(groups=2, multipliers=[1, 1, 1, 1, 2], resBlocks=1)
generator = dict(encoderBlocks=1, encoderHeads=2, decoderBlocks=1, decoderHeads=2, grid=7, image=image)
features = dict(layers=[1, 1, 1, 1])
networks = dict(generator=(weights("generator"), generator), identity=(weights("recogniser"), features),
                quality=(weights("quality"), features), pose=(weights("pose"), None))
batch = len(fixture["start"])
_, losses, _ = torch_attrop.gen_image(
    networks, tensor(fixture["start"]), tensor(fixture["keep"]), tensor(fixture["masked"]).bool(), tensor(fixture["classes"]),
    tensor([expected["quality"]] * batch), tensor([float(expected["yaw"])] * batch), len(expected["losses"]))
worst = max(abs(a / b - 1) for a, b in zip(losses, expected["losses"], strict=True))
print(f"{len(losses)} iterations, largest relative difference of a loss {worst:.1e}")
raise SystemExit(0 if worst < 1e-4 else 1)
