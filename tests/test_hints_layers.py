from __future__ import annotations

from dataclasses import replace

from hinted_images import CLEAN, MB, advised, filled
from saved_images import Member

MODEL = Member(filled(3 * MB))
COPIED = {"app/model/a": MODEL, "app/model/b": Member(filled(1 * MB, "b"))}
OWNED = {path: replace(member, uid=65532, gid=100) for path, member in COPIED.items()}


def test_a_chown_stores_the_files_again():
    hint = advised(
        "metadata-only-layer",
        CLEAN,
        COPIED,
        OWNED,
        commands=("ADD base in /", "COPY dir:1 in /app", "RUN chown -R 65532 /app"),
    )
    assert hint.saves_bytes == 4 * MB
    assert hint.evidence == (
        "layer 2 (RUN chown -R 65532 /app): 4.0 MB that layer 1 (COPY dir:1 in /app) has already:"
        " /app/model/a, /app/model/b",
    )
    assert hint.dockerfile == "COPY --chown=65532:100 SOURCE /app/model"


def test_a_chmod_of_what_a_step_wrote_belongs_into_that_step():
    tighter = {"app/model/a": replace(MODEL, mode=0o600)}
    copied = advised("metadata-only-layer", COPIED, tighter, commands=("COPY a", "RUN chmod"))
    assert copied.dockerfile == "COPY --chmod=600 SOURCE /app/model"
    written = advised("metadata-only-layer", COPIED, tighter, commands=("RUN make", "RUN chmod"))
    assert written.dockerfile == ("# in the RUN of layer 0, at its end: && chmod 600 /app/model/a")
    owned = advised("metadata-only-layer", COPIED, OWNED, commands=("RUN make", "RUN chown"))
    assert owned.dockerfile == (
        "# in the RUN of layer 0, at its end: && chown -R 65532:100 /app/model"
    )


def test_what_is_copied_twice_is_copied_once():
    hint = advised("metadata-only-layer", COPIED, COPIED, commands=("COPY . /app", "COPY . /app"))
    assert hint.saves_bytes == 4 * MB
    assert hint.dockerfile == "# bring it in one step: /app/model"


def test_a_file_moved_or_rewritten_is_no_change_of_metadata():
    assert advised("metadata-only-layer", CLEAN, COPIED) is None
    rewritten = {"app/model/a": filled(3 * MB, "new")}
    assert advised("metadata-only-layer", COPIED, rewritten) is None


def test_a_little_metadata_is_no_fault():
    small = {"app/a": Member(filled(10_000))}
    assert advised("metadata-only-layer", small, {"app/a": Member(filled(10_000), uid=1)}) is None


def test_what_a_later_layer_deletes_stays_in_the_image():
    written = {"tmp/build/a": filled(3 * MB), "tmp/build/b": filled(1 * MB, "b"), "tmp/keep": "x"}
    hint = advised(
        "deleted-later",
        written,
        {"tmp/.wh.build": ""},
        commands=("RUN make", "RUN rm -rf /tmp/build"),
    )
    assert hint.saves_bytes == 4 * MB
    assert hint.evidence == (
        "layer 0 (RUN make): 4.0 MB, removed in layer 1 (RUN rm -rf /tmp/build): /tmp/build",
    )
    assert hint.dockerfile == "# in the RUN of layer 0, at its end: && rm -rf /tmp/build"


def test_what_is_copied_for_one_step_is_better_mounted():
    hint = advised(
        "deleted-later",
        {"tmp/wheels/a.whl": filled(3 * MB)},
        {"tmp/.wh.wheels": ""},
        commands=("COPY wheels /tmp/wheels", "RUN pip install /tmp/wheels/* && rm -r /tmp/wheels"),
    )
    assert hint.dockerfile == "RUN --mount=type=bind,source=SOURCE,target=/tmp/wheels COMMAND"


def test_what_is_replaced_is_brought_once():
    hint = advised("deleted-later", {"app/a": filled(3 * MB)}, {"app/a": filled(MB, "new")})
    assert hint.evidence == ("layer 0: 3.0 MB, replaced in layer 1: /app/a",)
    assert hint.dockerfile == "# bring the final content in one step: /app/a"


def test_many_pairs_of_layers_are_cut_to_the_costliest():
    layers = [{"app/a": filled(MB + number, str(number))} for number in range(12)]
    hint = advised("deleted-later", *layers)
    assert len(hint.evidence) == 8
    assert hint.evidence[-1] == "and 4 more"
    assert hint.evidence[0].startswith("layer 10")
    assert hint.saves_bytes == sum(MB + number for number in range(11))


def test_what_only_its_metadata_changed_is_not_deleted_and_what_is_small_is_no_fault():
    assert advised("deleted-later", COPIED, OWNED) is None
    assert advised("deleted-later", {"app/a": filled(10_000)}, {"app/.wh.a": ""}) is None
