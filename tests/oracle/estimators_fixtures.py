"""Makes tests/fixtures/networks/pose*.{pth,npz} and rotation.npz: tiny networks of 6DRepNet's own modules, and what they compute.

Usage: python tests/oracle/estimators_fixtures.py SIXDREPNET
SIXDREPNET: the folder sixdrepnet of https://github.com/thohemp/6DRepNet or of the package sixdrepnet 0.1.6.
Needs torch, numpy and scipy.
"""
import copy
import sys
from pathlib import Path

import numpy as np
import torch

from sixdrepnet_reference import SixDRepNetReference, lively

OUT = Path(__file__).resolve().parent.parent / "fixtures" / "networks"


def save(name, arrays):
    np.savez(OUT / name, **{key: np.ascontiguousarray(np.asarray(value)) for key, value in arrays.items()})


def angles(reference, model, images):
    """As Vec2Face feeds it: BGR in 0..1, degrees; also d(sum of |yaw - 60|) / d(images)."""
    images = images.clone().requires_grad_(True)
    rotation = model((images[:, [2, 1, 0]] + 1) / 2)
    euler = reference.utils.compute_euler_angles_from_rotation_matrices(rotation) * 180 / np.pi
    (euler[:, 1] - 60).abs().sum().backward()
    return dict(rotation=rotation.detach(), angles=euler.detach(), gradient=images.grad)


def tiny(reference, name, widths, groups, use_se):
    blocks = [1, 1, 2, 1] if use_se else [2, 1, 2, 1]
    model = lively(reference.model(blocks, widths, groups, use_se), 11)
    model.eval()
    state = copy.deepcopy(model.state_dict())
    torch.save(state, OUT / f"{name}.pth")
    images = torch.randn(4, 3, 28, 28, generator=torch.Generator().manual_seed(12)).clip(-1, 1)
    arrays = dict(images=images, **angles(reference, model, images))
    # As 6DRepNet itself feeds it.
    mean, deviation = (torch.tensor(v).reshape(3, 1, 1) for v in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
    with torch.no_grad():
        arrays["imagenet"] = model(((images + 1) / 2 - mean) / deviation)
        deployed = reference.repvgg.repvgg_model_convert(model)
        arrays["deployed"] = deployed((images[:, [2, 1, 0]] + 1) / 2)
        arrays["trained"] = model.train()((images[:, [2, 1, 0]] + 1) / 2)
    for key, value in model.state_dict().items():
        if "running_" in key:
            arrays[f"after.{key}"] = value
    if not use_se:
        torch.save({"model_state_dict": deployed.state_dict(), "epoch": 3}, OUT / f"{name}_deploy.pth")
    save(f"{name}.npz", arrays)


def rotations(reference):
    """Six numbers to matrices, matrices to angles and to the loss, singular and degenerate ones too."""
    stream = torch.Generator().manual_seed(13)
    six = torch.cat([torch.randn(6, 6, generator=stream), torch.tensor([
        [1, 0, 0, 0, 1, 0.], [0, 0, 0, 0, 1, 0], [1, 2, 3, 2, 4, 6], [1e-9, 0, 0, 0, 1, 0],
    ])])
    matrices = reference.utils.compute_rotation_matrix_from_ortho6d(six)
    turns = np.radians([[0, 90, 0], [30, 90, 0], [30, -90, 10], [10, 89.9999, 20], [0, 0, 180], [-170, 20, 90], [20, 30, -40]])
    given = torch.tensor(np.stack([reference.utils.get_R(*turn) for turn in turns]), dtype=torch.float32)
    every = torch.cat([matrices, given])
    degrees = reference.utils.compute_euler_angles_from_rotation_matrices(every) * 180 / np.pi
    estimate = six[:6].clone().requires_grad_(True)
    target = given[[3, 4, 5, 6, 6, 5]]
    loss = reference.loss.GeodesicLoss()(reference.utils.compute_rotation_matrix_from_ortho6d(estimate), target)
    loss.backward()
    save("rotation.npz", dict(six=six, matrices=matrices, every=every, degrees=degrees, target=target,
                              loss=loss.detach().reshape(1), gradient=estimate.grad, turns=np.degrees(turns)))


def main():
    reference = SixDRepNetReference(sys.argv[1])
    tiny(reference, "pose", [8, 8, 16, 24], 2, False)
    tiny(reference, "pose_se", [16, 16, 16, 16], 1, True)
    rotations(reference)
    for path in sorted([*OUT.glob("pose*"), OUT / "rotation.npz"]):
        print(path.name, path.stat().st_size)


main()
