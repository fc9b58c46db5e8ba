from __future__ import annotations

import pytest
from owned import PACKAGES, distribution, image, owners
from saved_images import symlink

from bench.inspection.model_files import AMBIGUOUS_BYTES
from bench.inspection.owners import ownership

LARGE = b"\0" * AMBIGUOUS_BYTES


@pytest.mark.parametrize("name", ["m.onnx", "m.torchscript", "m.safetensors", "m.gguf", "m.h5"])
def test_labels_and_manifest_belong_to_the_model_beside_them(name: str):
    made = image({f"srv/m/{name}": "x", "srv/m/labels.txt": "abc", "srv/other.txt": "x"})
    model = ownership(made).owners[0]
    assert (model.kind, model.name, model.where) == ("model", "/srv/m", f"srv/m/{name}")
    assert (model.files, model.size_bytes) == (2, 4)
    assert owners(made)["srv/other.txt"] == "nobody nobody"


@pytest.mark.parametrize("name", ["m.pt", "m.pth", "m.ts", "m.pb", "m.pkl", "pytorch_model.bin"])
def test_names_that_others_use_too_need_the_size_of_a_model(name: str):
    assert owners(image({f"m/{name}": LARGE}))[f"m/{name}"] == "model /m"
    assert owners(image({f"m/{name}": LARGE[1:]}))[f"m/{name}"] == "nobody nobody"


def test_beside_source_code_and_in_the_working_folder_models_stand_alone():
    made = image(
        {"app/m.onnx": "x", "app/run": "x", "code/m.onnx": "x", "code/run.py": "x", "m.onnx": "x"},
        working_folder="/app",
    )
    assert owners(made) == {
        "app/m.onnx": "model /app",
        "app/run": "application application",
        "code/m.onnx": "model /code",
        "code/run.py": "nobody nobody",
        "m.onnx": "model /",
    }


def test_a_saved_model_of_tensorflow_is_one_model():
    made = image(
        {
            "m/1/saved_model.pb": LARGE,
            "m/1/variables/variables.data-00000-of-00001": "x",
            "m/1/variables/variables.index": "x",
            "m/1/assets/vocabulary.txt": "x",
        }
    )
    assert set(owners(made).values()) == {"model /m/1"}


def test_a_model_hubs_cache_names_its_files_by_links():
    hub = "root/.cache/huggingface/hub/models--x"
    made = image(
        {
            f"{hub}/blobs/0123": LARGE,
            f"{hub}/blobs/4567": "{}",
            f"{hub}/snapshots/9/model.safetensors": symlink("../../blobs/0123"),
            f"{hub}/snapshots/9/config.json": symlink("../../blobs/4567"),
        }
    )
    assert set(owners(made).values()) == {f"model /{hub}/blobs"}


def test_files_of_packages_are_no_models():
    made = image(
        {
            **distribution("onnx", "onnx/test.onnx,,\n"),
            f"{PACKAGES}/onnx/test.onnx": "x",
            f"{PACKAGES}/other/test.onnx": "x",
            f"{PACKAGES}/paths.pth": LARGE,
            "app/node_modules/a/index.ts": LARGE,
            "app/circle.onnx": symlink("circle.onnx"),
        }
    )
    assert {owner for owner in owners(made).values() if owner.startswith("model")} == set()
