from __future__ import annotations

from elf_files import ET_EXEC, elf, unstripped
from hinted_images import CLEAN, MB, PACKAGES, advised, distribution, filled, installed, saves
from saved_images import hardlink

LIBRARY = elf(unstripped(symbol_bytes=3 * MB, debug_bytes=2 * MB))
STRIPPED = elf(unstripped(symbol_bytes=0, debug_bytes=0))
TORCH = distribution("torch", {"torch/lib/libtorch_cpu.so": LIBRARY})


def test_symbols_and_debug_sections_are_counted_by_library():
    hint = advised("unstripped-libraries", CLEAN, TORCH)
    assert hint.saves_bytes == 5 * MB
    assert hint.evidence == (f"/{PACKAGES}/torch/lib/libtorch_cpu.so: 5.0 MB",)
    assert f"find /{PACKAGES}/torch/lib -type f" in hint.dockerfile
    assert "strip --strip-unneeded" in hint.dockerfile
    assert "test the service" in hint.dockerfile


def test_what_auditwheel_changed_is_not_counted():
    numpy = distribution(
        "numpy",
        {
            "numpy/_core/umath.so": LIBRARY + b"a",
            "numpy.libs/libopenblas-32a4b2a6.so": LIBRARY + b"b",
        },
    )
    hint = advised("unstripped-libraries", CLEAN, TORCH, numpy)
    assert hint.saves_bytes == 5 * MB
    assert hint.evidence[-1].startswith("not counted: 10.0 MB in 2 files of wheels that auditwheel")
    assert "numpy" not in hint.dockerfile
    assert advised("unstripped-libraries", CLEAN, numpy) is None


def test_folders_inside_of_others_are_found_with_them():
    image = {"opt/a/x.so": LIBRARY, "opt/a/b/y.so": LIBRARY + b"y", "opt/ab/z.so": LIBRARY + b"z"}
    hint = advised("unstripped-libraries", image)
    assert "find /opt/a /opt/ab -type f" in hint.dockerfile


def test_stripped_libraries_and_programs_are_no_fault():
    image = {
        "usr/lib/a.so": STRIPPED,
        "usr/bin/a": elf(unstripped(3 * MB, 0), kind=ET_EXEC),
        "usr/lib/text.so": filled(3 * MB),
    }
    assert advised("unstripped-libraries", CLEAN, image) is None


def test_what_goes_as_a_whole_is_not_stripped_too():
    compiler = installed(("gcc-12", {"usr/lib/gcc/plugin.so": LIBRARY}))
    assert saves("build-tools", compiler) == len(LIBRARY)
    assert advised("unstripped-libraries", compiler) is None


def test_the_same_file_twice_is_worth_a_link():
    image = {
        "opt/a/lib.so": filled(2 * MB),
        "opt/b/lib.so": filled(2 * MB),
        "opt/c/lib.so": filled(2 * MB),
        "opt/other": filled(2 * MB, "o"),
    }
    hint = advised("duplicate-files", CLEAN, image)
    assert hint.saves_bytes == 4 * MB
    assert hint.evidence == ("3 x 2.0 MB: /opt/a/lib.so, /opt/b/lib.so, /opt/c/lib.so",)
    assert hint.dockerfile.endswith("ln -sf /opt/a/lib.so /opt/b/lib.so")


def test_links_small_files_and_licences_are_no_fault():
    image = {
        "opt/a": filled(2 * MB),
        "opt/b": hardlink("opt/a"),
        **{f"usr/share/doc/{name}/copyright": filled(MB, "l") for name in "abc"},
        **{f"srv/{number}": filled(50_000, str(number // 2)) for number in range(60)},
    }
    assert advised("duplicate-files", CLEAN, image) is None


def test_copies_that_another_hint_removes_count_there():
    image = {"root/.cache/pip/a": filled(2 * MB), "opt/a": filled(2 * MB)}
    assert saves("package-manager-cache", image) == 2 * MB
    assert advised("duplicate-files", image) is None
