"""What images have in common, by hand-made layers and by any layers at all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from report_images import layer

from bench.inspection.sharing import LayerBytes, sharing

BASE, TORCH, ONNX, APP = (
    layer(name, size_bytes, size_bytes // 4)
    for name, size_bytes in (("base", 100), ("torch", 800), ("onnx", 200), ("app", 4))
)
LADDER = {"torch": (BASE, TORCH, APP), "onnx": (BASE, ONNX, APP), "scratch": (ONNX,)}


def both(size_bytes, compressed_bytes):
    return LayerBytes(size_bytes=size_bytes, compressed_bytes=compressed_bytes)


def test_layers_of_another_image_are_shared_the_others_unique():
    found = [(one.image, one.shared, one.unique) for one in sharing(LADDER).shares]
    assert found == [
        ("torch", both(104, 26), both(800, 200)),
        ("onnx", both(304, 76), both(0, 0)),
        ("scratch", both(200, 50), both(0, 0)),
    ]


def test_a_node_pulls_the_layers_that_it_lacks():
    pulls = {(one.present, one.image): one.lacking for one in sharing(LADDER).pulls}
    assert pulls == {
        ("torch", "onnx"): both(200, 50),
        ("torch", "scratch"): both(200, 50),
        ("onnx", "torch"): both(800, 200),
        ("onnx", "scratch"): both(0, 0),
        ("scratch", "torch"): both(904, 226),
        ("scratch", "onnx"): both(104, 26),
    }


def test_a_layer_that_stands_twice_is_pulled_once():
    (pull, _) = sharing({"scratch": (ONNX,), "twice": (BASE, APP, BASE)}).pulls
    assert pull.lacking == both(104, 26)


def test_compressed_bytes_are_not_known_where_one_of_the_layers_was_not_measured():
    silent = layer("silent", 10, 0).model_copy(update={"compressed_bytes": None})
    found = sharing({"torch": (BASE, silent), "onnx": (BASE,)})
    assert found.shares[0].shared == both(100, 25)
    assert found.shares[0].unique == both(10, None)
    assert [one.lacking for one in found.pulls] == [both(0, 0), both(10, None)]


def test_one_image_shares_nothing_and_follows_no_other():
    found = sharing({"torch": LADDER["torch"]})
    assert [one.shared.size_bytes for one in found.shares] == [0]
    assert found.pulls == ()
    assert sharing({}).shares == ()


layers = st.lists(st.sampled_from((BASE, TORCH, ONNX, APP)), max_size=6)


@given(st.dictionaries(st.text(max_size=3), layers, max_size=4))
def test_shared_and_unique_sum_to_the_image_and_a_pull_lacks_at_least_the_unique(images):
    found = sharing(images)
    unique = {one.image: one.unique.size_bytes for one in found.shares}
    for one in found.shares:
        stored = {each.diff_id: each.size_bytes for each in images[one.image]}
        assert one.shared.size_bytes + one.unique.size_bytes == sum(stored.values())
    assert len(found.pulls) == len(images) * (len(images) - 1)
    assert all(pull.lacking.size_bytes >= unique[pull.image] for pull in found.pulls)
