"""Networks and loop of attribute operation in PyTorch, for `deno task bench:attrop`.

Functions of (weights by name, configuration, input), as lean as PyTorch allows (fused attention, no module overhead). Names of
weights are those of the reference's state dicts, and `gen_image` does what the function of that name does in
https://github.com/HaiyuWu/Vec2Face/blob/main/pixel_generator/vec2face/model_vec2face.py , with masks that are given and a cap:
torch_attrop_check.py compares its losses with those of that function itself.
"""

import time

import torch
import torch.nn.functional as F


class Weights:
    """Tensors under a prefix of their names."""

    def __init__(self, tensors, prefix=""):
        self.tensors, self.prefix = tensors, prefix

    def __getitem__(self, name):
        return self.tensors[self.prefix + name]

    def __contains__(self, name):
        return self.prefix + name in self.tensors

    def at(self, name):
        return Weights(self.tensors, f"{self.prefix}{name}.")


def linear(w, x):
    return F.linear(x, w["weight"], w["bias"])


def conv(w, x, stride=1, padding=1, groups=1):
    return F.conv2d(x, w["weight"], w["bias"] if "bias" in w else None, stride, padding, groups=groups)


def batch_norm(w, x):
    return F.batch_norm(x, w["running_mean"], w["running_var"], w["weight"], w["bias"], False, 0, 1e-5)


def layer_norm(w, x):
    return F.layer_norm(x, x.shape[-1:], w["weight"], w["bias"], 1e-6)


def transformer(w, x, heads):
    n, s, e = x.shape
    q, k, v = linear(w.at("attn.qkv"), layer_norm(w.at("norm1"), x)).reshape(n, s, 3, heads, e // heads).permute(2, 0, 3, 1, 4)
    mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, s, e)
    x = x + linear(w.at("attn.proj"), mixed)
    return x + linear(w.at("mlp.fc2"), F.gelu(linear(w.at("mlp.fc1"), layer_norm(w.at("norm2"), x))))


def residual(w, x, groups):
    def norm(name, h):
        return F.silu(F.group_norm(h, groups, w.at(name)["weight"], w.at(name)["bias"], 1e-6))

    h = conv(w.at("conv2"), norm("norm2", conv(w.at("conv1"), norm("norm1", x))))
    return x + h if x.shape == h.shape else conv(w.at("nin_shortcut"), h, padding=0) + h


def generator(w, config, vectors, keep, masked):
    """Vectors [N,D], kept tokens int64 [N,K] and masked tokens bool [N,T] to images [N,3,112,112], not clipped."""
    cls = linear(w.at("latent_prior_proj_f"), vectors)[:, None]
    tokens = cls * w["feature_token.weight"] + w["feature_token.bias"][:, None]
    x = torch.cat([cls, torch.where(masked[..., None], cls, tokens)], 1)
    x = layer_norm(w.at("token_emb.LayerNorm"), x + w["token_emb.position_embeddings.weight"])
    index = keep[..., None].expand(-1, -1, x.shape[2])
    x = torch.cat([x[:, :1], x[:, 1:].gather(1, index)], 1)
    for i in range(config["encoderBlocks"]):
        x = transformer(w.at(f"blocks.{i}"), x, config["encoderHeads"])
    x = linear(w.at("decoder_embed"), layer_norm(w.at("norm"), x))
    full = x[:, :1].expand(-1, masked.shape[1], -1).scatter(1, index, x[:, 1:])
    full = torch.where(masked[..., None], x[:, :1], full)
    x = torch.cat([x[:, :1], full], 1) + w["decoder_pos_embed_learned"]
    for i in range(config["decoderBlocks"]):
        x = transformer(w.at(f"decoder_blocks.{i}"), x, config["decoderHeads"])
    z = linear(w.at("im_decoder_proj"), layer_norm(w.at("decoder_norm"), x)[:, 1:])
    h = z.transpose(1, 2).reshape(len(z), -1, config["grid"], config["grid"])

    w, image = w.at("im_decoder"), config["image"]
    h = conv(w.at("conv_in"), h)
    for name in ("mid.block_1", "mid.block_2"):
        h = residual(w.at(name), h, image["groups"])
    for level in reversed(range(len(image["multipliers"]))):
        for block in range(image["resBlocks"]):
            h = residual(w.at(f"up.{level}.block.{block}"), h, image["groups"])
        if level > 0:
            h = conv(w.at(f"up.{level}.upsample.conv"), F.interpolate(h, scale_factor=2))
    h = F.silu(F.group_norm(h, image["groups"], w["norm_out.weight"], w["norm_out.bias"], 1e-6))
    return conv(w.at("conv_out"), h)


def iresnet(w, config, x):
    """Images [N,3,112,112], RGB in -1..1, to features [N,D]."""
    h = F.prelu(batch_norm(w.at("bn1"), conv(w.at("conv1"), x)), w["prelu.weight"])
    for stage, blocks in enumerate(config["layers"]):
        for i in range(blocks):
            b, stride = w.at(f"layer{stage + 1}.{i}"), 2 if i == 0 else 1
            g = conv(b.at("conv1"), batch_norm(b.at("bn1"), h))
            g = F.prelu(batch_norm(b.at("bn2"), g), b["prelu.weight"])
            g = batch_norm(b.at("bn3"), conv(b.at("conv2"), g, stride))
            h = g + (batch_norm(b.at("downsample.1"), conv(b.at("downsample.0"), h, stride, 0)) if i == 0 else h)
    return batch_norm(w.at("features"), linear(w.at("fc"), batch_norm(w.at("bn2"), h).flatten(1)))


def yaw(w, config, images):
    """Images, RGB in -1..1, to yaws in degrees [N]; fed as the reference feeds 6DRepNet, or as the mini network wants it."""
    h = (images[:, [2, 1, 0]] + 1) / 2 if config["input"] == "bgr01" else images
    layer, backbone = 0, config["backbone"]
    for stage, blocks in enumerate([1, *backbone["blocks"]]):
        for i in range(blocks):
            name = "layer0" if stage == 0 else f"layer{stage}.{i}"
            groups = backbone["groups"] if layer > 0 and layer % 2 == 0 else 1
            h = F.relu(conv(w.at(f"{name}.rbr_reparam"), h, 2 if i == 0 else 1, groups=groups))
            layer += 1
    first, second = linear(w.at("linear_reg"), h.mean((2, 3))).split(3, 1)
    # Only the first column of the rotation tells the yaw, but the reference makes the whole rotation.
    x = F.normalize(first, eps=1e-8)
    z = F.normalize(torch.linalg.cross(x, second), eps=1e-8)
    rotation = torch.stack([x, torch.linalg.cross(z, x), z], 2)
    level = (rotation[:, 0, 0] ** 2 + rotation[:, 1, 0] ** 2).sqrt()
    return torch.atan2(-rotation[:, 2, 0], level) * (180 / torch.pi)


def misses(networks, image, classes, quality, target):
    """Distances of each image from what is asked: 1 - cosine, shortfall of the norm, degrees of yaw."""
    features = iresnet(*networks["identity"], image)
    norm = iresnet(*networks["quality"], image).norm(2, 1)
    turned = yaw(*networks["pose"], image).clip(-90, 90).abs()
    return 1 - F.cosine_similarity(features, classes), torch.where(norm < quality, quality - norm, torch.zeros_like(norm)), (
        target - turned
    ).abs()


def gen_image(networks, vectors, keep, masked, classes, quality, target, cap):
    """One batch until its means pass or the cap is reached: image, losses and seconds of each iteration."""
    vectors = vectors.clone().requires_grad_(True)
    optimiser = torch.optim.Adam([vectors], lr=0.1)
    losses, seconds, passed = [], [], False
    while not passed and len(losses) < cap:
        began = time.perf_counter()
        image = generator(*networks["generator"], vectors, keep, masked).clip(-1, 1)
        identity, shortfall, turned = (miss.mean() for miss in misses(networks, image, classes, quality, target))
        passed = not (turned > 5 or identity > 0.3 or shortfall > 1)
        loss = 100 * identity + shortfall + turned
        optimiser.zero_grad()
        loss.backward(retain_graph=True)
        optimiser.step()
        losses.append(loss.item())
        seconds.append(time.perf_counter() - began)
    # As in the reference, gradients may flow through the last decoding too.
    image = generator(*networks["generator"], vectors, keep, masked).clip(-1, 1)
    return image, losses, seconds
