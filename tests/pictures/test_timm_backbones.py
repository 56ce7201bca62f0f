"""timm's models as backbones against timm itself: what they are given, their features, which weights fit, and words."""

from __future__ import annotations

import importlib
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from timm.data import create_transform, resolve_data_config
from timm.models import get_pretrained_cfg

from qtl_core.common.errors import UserError
from qtl_core.pictures.backbones.loading import load_backbone, load_plain_backbone
from qtl_core.pictures.backbones.resolve import resolve_backbone
from qtl_core.pictures.backbones.weights_files import backbone_status, find_weights, how_to_get, spec_of
from qtl_core.pictures.features.cache import FeatureCache
from qtl_core.pictures.features.compute import compute_features
from qtl_core.pictures.features.transforms import centre_view, normalised
from qtl_core.pictures.sources.dataset import Picture
from tests.helpers.made_timm import CONVNEXT, RESNET, VIT, timms, timms_file

EXACT = 1e-5
SMALL_CLIP = "timm/vit_xsmall_patch16_clip_224.tinyclip_yfcc15m"
DINO, CLIP = "timm/vit_small_patch14_dinov2.lvd142m", "timm/vit_base_patch16_clip_224.openai"


def noise(width, height):
    return Image.fromarray(np.random.default_rng(width).integers(0, 256, (height, width, 3), dtype=np.uint8))


def timms_transform(name):
    config = get_pretrained_cfg(name.removeprefix("timm/"))
    return create_transform(**resolve_data_config(pretrained_cfg=config.to_dict()))


@pytest.mark.parametrize("size", [(500, 375), (301, 997), (120, 161)])
@pytest.mark.parametrize("name", [VIT, RESNET, DINO, CLIP])
def test_a_model_is_given_what_timms_own_transform_gives_it(name, size):
    image, transform, theirs = noise(*size), spec_of(name).transform, timms_transform(name)
    seen = centre_view(image, transform)
    assert np.array_equal(seen, np.asarray(theirs.transforms[1](theirs.transforms[0](image))))
    torch.testing.assert_close(normalised([seen], transform)[0], theirs(image), rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", [VIT, CONVNEXT, RESNET])
def test_features_are_those_of_timm_and_are_kept_under_the_models_own_name(name, tmp_path, own_home):
    picture = tmp_path / "picture.png"
    noise(300, 260).save(picture)
    resolved = resolve_backbone(name, str(timms_file(name, tmp_path)))
    features = compute_features([Picture(picture, 0, "train")], resolved)
    network = timms(name)
    with torch.no_grad():
        inside = network.forward_features(timms_transform(name)(Image.open(picture))[None])
        wanted = network.forward_head(inside, pre_logits=True)[0].numpy()
    np.testing.assert_allclose(features.values[0], wanted, rtol=0, atol=EXACT)
    assert compute_features([Picture(picture, 0, "train")], resolved).from_store == 1
    with FeatureCache(resolved) as kept:
        assert kept.known(features.digests) == set(features.digests)
    (file,) = (own_home / "features").glob("*.sqlite")
    assert file.name.startswith(name.replace("/", "-"))


def test_positions_learnt_for_another_size_are_resampled_as_timm_does_it(tmp_path):
    file = timms_file(VIT, tmp_path, img_size=128)
    network, images = timms(VIT), noise(160, 160)
    rename = importlib.import_module(type(network).__module__).checkpoint_filter_fn
    network.load_state_dict(rename(timms(VIT, img_size=128).state_dict(), network))
    network.reset_classifier(0)
    batch = normalised([np.asarray(images)], spec_of(VIT).transform)
    with torch.no_grad():
        found, wanted = load_backbone(resolve_backbone(VIT, str(file)))(batch), network(batch)
    torch.testing.assert_close(found, wanted, rtol=0, atol=EXACT)


OPENAI = (
    ("patch_embed.proj", "conv1"),
    ("pos_embed", "positional_embedding"),
    ("cls_token", "class_embedding"),
    ("blocks.", "transformer.resblocks."),
    ("norm_pre", "ln_pre"),
    ("norm1", "ln_1"),
    ("norm2", "ln_2"),
    ("attn.qkv.", "attn.in_proj_"),
    ("attn.proj", "attn.out_proj"),
    ("mlp.fc1", "mlp.c_fc"),
    ("mlp.fc2", "mlp.c_proj"),
)


def in_openais_names(state):
    """A tower's weights as CLIP's authors name them, beside a text tower's."""
    named = {}
    for name, values in state.items():
        for ours, theirs in OPENAI:
            name = name.replace(ours, theirs)
        flat = values.squeeze() if name in ("class_embedding", "positional_embedding") else values
        named[f"visual.{name.replace('norm.', 'ln_post.')}"] = flat.contiguous()
    return named


def test_names_under_which_clips_authors_publish_are_understood(tmp_path):
    own = timms(SMALL_CLIP, num_classes=0).state_dict()
    save_file({**in_openais_names(own), "token_embedding.weight": torch.ones(9, 4)}, tmp_path / "clip.safetensors")
    found = load_plain_backbone(resolve_backbone(SMALL_CLIP, str(tmp_path / "clip.safetensors"))).state_dict()
    assert found.keys() == own.keys()
    assert all(torch.equal(found[name], values) for name, values in own.items())


def test_a_file_of_another_network_is_refused_by_what_is_missing_and_what_is_unknown(tmp_path):
    resolved = resolve_backbone(VIT, str(timms_file(CONVNEXT, tmp_path)))
    with pytest.raises(UserError, match=r"\d+ entries are missing: .*\d+ entries are unknown: "):
        load_plain_backbone(resolved)


def test_a_file_whose_tensors_have_other_sizes_is_refused_by_them(tmp_path):
    state = timms(VIT).state_dict()
    save_file(state | {"norm.weight": torch.ones(7)}, tmp_path / "other.safetensors")
    with pytest.raises(UserError, match=r"norm\.weight \(7,\) where \(64,\) is needed"):
        load_plain_backbone(resolve_backbone(VIT, str(tmp_path / "other.safetensors")))


def test_building_a_model_spends_no_random_numbers(tmp_path):
    resolved = resolve_backbone(VIT, str(timms_file(VIT, tmp_path)))
    torch.manual_seed(3)
    load_plain_backbone(resolved)
    drawn = torch.rand(4)
    torch.manual_seed(3)
    assert torch.equal(drawn, torch.rand(4))


def test_weights_are_found_in_the_home_and_where_timm_itself_downloads_them(own_home, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    assert find_weights(VIT) is None
    hub = tmp_path / "hub" / "models--timm--test_vit.r160_in1k" / "snapshots" / "abc"
    hub.mkdir(parents=True)
    (hub / "model.safetensors").touch()
    assert find_weights(VIT) == hub / "model.safetensors"
    place = own_home / "weights" / f"{VIT}.safetensors"
    place.parent.mkdir(parents=True)
    place.touch()
    assert find_weights(VIT) == place
    assert [each.path for each in backbone_status() if each.spec.name == VIT] == [place]


def test_missing_weights_are_asked_for_and_no_other_network_stands_in(own_home):
    with pytest.raises(UserError) as caught:
        resolve_backbone(DINO)
    assert "not on this machine" in caught.value.what
    for said in ("vit_small_patch14_dinov2.lvd142m” on the Hugging Face hub", "88 MB", "Nothing is fetched by itself"):
        assert said in caught.value.do


def test_a_machine_without_timm_knows_every_fact_and_says_what_is_missing(monkeypatch, tmp_path):
    file = timms_file(VIT, tmp_path)
    monkeypatch.setitem(sys.modules, "timm", None)
    assert (spec_of(VIT).feature_size, spec_of(VIT).transform.crop) == (64, 160)
    assert "timm has to be installed, too" in how_to_get(spec_of(VIT))
    with pytest.raises(UserError, match=r"a model of timm\. That takes timm, which is not installed") as caught:
        resolve_backbone(VIT, str(file))
    assert caught.value.do == "Install the extra by: pip install '.[timm]'"


@pytest.mark.parametrize(
    ("asked", "offered"),
    [("timm/test_vit", VIT), ("timm/vit_smal_patch14_dinov2.lvd142m", DINO), ("resnet19", "resnet18")],
)
def test_an_unknown_name_is_answered_with_what_may_have_been_meant(asked, offered):
    with pytest.raises(UserError) as caught:
        spec_of(asked)
    assert offered in caught.value.do
