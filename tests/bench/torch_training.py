"""Whole training steps in PyTorch, for `deno task bench`: the networks, losses and optimisers of lib/training, as lean as PyTorch
allows (batched products, fused attention, foreach optimisers)."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    """Residual block of IResNet."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.bn1, self.bn2, self.bn3 = (nn.BatchNorm2d(c) for c in (inputs, outputs, outputs))
        self.conv1 = nn.Conv2d(inputs, outputs, 3, 1, 1, bias=False)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, stride, 1, bias=False)
        self.prelu = nn.PReLU(outputs)
        self.down = None
        if stride > 1:
            self.down = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        h = self.conv2(self.prelu(self.bn2(self.conv1(self.bn1(x)))))
        return self.bn3(h) + (x if self.down is None else self.down(x))


class IResNet(nn.Module):
    """IResNet-18 with a quarter of the usual widths."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.PReLU(16))
        widths = [16, 16, 32, 64, 128]
        self.stages = nn.ModuleList(
            nn.Sequential(Block(a, b, 2), Block(b, b, 1)) for a, b in zip(widths, widths[1:])
        )
        self.bn2, self.fc, self.features = nn.BatchNorm2d(128), nn.Linear(128 * 49, 512), nn.BatchNorm1d(512)

    def forward(self, x):
        h, taps = self.stem(x), []
        for stage in self.stages:
            h = stage(h)
            taps.append(h)
        return self.features(self.fc(self.bn2(h).flatten(1))), taps


def recogniser(batch, classes):
    """A step of ArcFace with a pose head; returns a function that does one."""
    net, centres, pose = IResNet(), nn.Parameter(torch.randn(classes, 512) * 0.05), nn.Linear(512, 2)
    params = [*net.parameters(), centres, *pose.parameters()]
    optimiser = torch.optim.SGD(params, 0.01, momentum=0.9, weight_decay=5e-4)
    images = torch.randint(0, 256, (batch, 112, 112, 3), dtype=torch.uint8)
    labels, poses, margin = torch.randint(0, classes, (batch,)), torch.randn(batch, 2), 0.35

    def step():
        features, _ = net(images.permute(0, 3, 1, 2).float() / 127.5 - 1)
        cosines = F.normalize(features) @ F.normalize(centres).T
        target = cosines.gather(1, labels[:, None])
        sine = (1 - target**2).clamp_min(1e-6).sqrt()
        shifted = target * math.cos(margin) - sine * math.sin(margin)
        loss = F.cross_entropy(cosines.scatter(1, labels[:, None], shifted) * 32, labels)
        loss = loss + F.mse_loss(pose(features / 8), poses)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        loss.item()

    return step


class Transformer(nn.Module):
    """A pre-norm block of 4 heads."""

    def __init__(self, width):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width, 1e-6), nn.LayerNorm(width, 1e-6)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        n, s, e = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(n, s, 3, 4, e // 4).permute(2, 0, 3, 1, 4)
        x = x + self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, s, e))
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Residual(nn.Module):
    """Residual block of the image decoder."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(8, inputs, 1e-6), nn.GroupNorm(8, outputs, 1e-6)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, 1, 1, bias=False)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.short = None if inputs == outputs else nn.Conv2d(outputs, outputs, 1, bias=False)

    def forward(self, x):
        h = self.conv2(F.silu(self.norm2(self.conv1(F.silu(self.norm1(x))))))
        return x + h if self.short is None else self.short(h) + h


class Generator(nn.Module):
    """The mini generator."""

    def __init__(self, width=256):
        super().__init__()
        self.project, self.spread = nn.Linear(512, width), nn.Linear(1, 49)
        self.place, self.norm = nn.Parameter(torch.randn(1, 50, width) * 0.02), nn.LayerNorm(width, 1e-6)
        self.encoder = nn.Sequential(*(Transformer(width) for _ in range(4)), nn.LayerNorm(width, 1e-6))
        self.embed, self.place2 = nn.Linear(width, width), nn.Parameter(torch.randn(1, 50, width) * 0.5)
        self.decoder = nn.Sequential(*(Transformer(width) for _ in range(4)), nn.LayerNorm(width, 1e-6))
        self.to_map = nn.Linear(width, 128)
        widths, h, layers = [16, 32, 64, 64, 128], 128, [nn.Conv2d(128, 128, 3, 1, 1)]
        layers += [Residual(128, 128), Residual(128, 128)]
        for level in reversed(range(5)):
            layers.append(Residual(h, widths[level]))
            h = widths[level]
            if level > 0:
                layers += [nn.Upsample(scale_factor=2), nn.Conv2d(h, h, 3, 1, 1)]
        self.image = nn.Sequential(*layers, nn.GroupNorm(8, 16, 1e-6), nn.SiLU(), nn.Conv2d(16, 3, 3, 1, 1))

    def forward(self, vectors, keep, masked):
        cls = self.project(vectors)[:, None]
        tokens = self.spread(cls.transpose(1, 2)).transpose(1, 2)
        targets = torch.cat([cls, tokens], 1).detach()
        x = torch.cat([cls, torch.where(masked[..., None], cls, tokens)], 1)
        x = self.norm(x + self.place)
        index = keep[..., None].expand(-1, -1, x.shape[2])
        x = self.embed(self.encoder(torch.cat([x[:, :1], x[:, 1:].gather(1, index)], 1)))
        full = x[:, :1].expand(-1, 49, -1).scatter(1, index, x[:, 1:])
        full = torch.where(masked[..., None], x[:, :1], full)
        logits = self.decoder(torch.cat([x[:, :1], full], 1) + self.place2)
        z = self.to_map(logits[:, 1:]).transpose(1, 2).reshape(len(x), 128, 7, 7)
        return self.image(z), logits, targets


def ssim(a, b):
    t = torch.arange(11.0) - 5
    g = torch.exp(-(t**2) / 4.5)
    window = torch.outer(g, g).div(g.sum() ** 2).expand(3, 1, 11, 11)
    blur = lambda x: F.conv2d(x, window, groups=3)
    ma, mb = blur(a), blur(b)
    va, vb, vab = blur(a * a) - ma * ma, blur(b * b) - mb * mb, blur(a * b) - ma * mb
    return (((2 * ma * mb + 1e-4) * (2 * vab + 9e-4)) / ((ma**2 + mb**2 + 1e-4) * (va + vb + 9e-4))).mean()


def generator(batch):
    """A step of the generator's training against a frozen recogniser; returns a function that does one."""
    net, judge = Generator(), IResNet().eval().requires_grad_(False)
    optimiser = torch.optim.AdamW(net.parameters(), 1e-4, betas=(0.9, 0.99), weight_decay=0.02)
    images = torch.randint(0, 256, (batch, 112, 112, 3), dtype=torch.uint8)
    weight = torch.rand(batch, 1, 112, 112) * 0.85 + 0.15
    keep = torch.stack([torch.randperm(49)[:24] for _ in range(batch)])
    masked = torch.rand(batch, 49) < 0.75

    def step():
        real = images.permute(0, 3, 1, 2).float() / 127.5 - 1
        with torch.no_grad():
            vectors, real_taps = judge(real)
        made, logits, targets = net(vectors, keep, masked)
        features, taps = judge(made)
        error = made - real
        loss = ((error.abs() + error**2) * weight).mean() + 0.2 * (1 - ssim(made / 2 + 0.5, real / 2 + 0.5))
        for a, b in list(zip(taps, real_taps))[:3]:
            loss = loss + ((F.normalize(a) - F.normalize(b)) ** 2).sum(1).mean() / 3
        loss = loss + 0.1 * F.mse_loss(logits[:, 1:], targets[:, 1:])
        loss = loss + 0.5 * (1 - F.cosine_similarity(features, vectors).mean())
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1)
        optimiser.step()
        loss.item()

    return step
