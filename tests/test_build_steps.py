from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.inspection.build_steps import as_written

ARGUMENTS = "|2 PIP_FIND_LINKS=http://wheelhouse:8000/ab/ PIP_NO_INDEX=1"


@pytest.mark.parametrize(
    ("created_by", "written"),
    [
        ("/bin/sh -c apt-get update", "RUN apt-get update"),
        (f"{ARGUMENTS} /bin/sh -c pip install torch", "RUN pip install torch"),
        ("|1 PACKAGES=git gcc /bin/sh -c apt-get install git", "RUN apt-get install git"),
        (f"{ARGUMENTS} /bin/bash -c pip list", "/bin/bash -c pip list"),
        ("/bin/sh -c #(nop) COPY dir:1b in /opt/venv ", "COPY dir:1b in /opt/venv"),
        ("/bin/sh -c #(nop)  USER 65532", "USER 65532"),
        ("RUN /bin/sh -c apt-get update # buildkit", "RUN apt-get update"),
        (f"RUN {ARGUMENTS} /bin/sh -c pip list # buildkit", "RUN pip list"),
        ("COPY inference inference/ # buildkit", "COPY inference inference/"),
        ("RUN rm -r /tmp/x # buildkit", "RUN rm -r /tmp/x"),
        ("rm -r /usr/bin/curl", "rm -r /usr/bin/curl"),
        ("# debian.sh --arch 'amd64' out/", "# debian.sh --arch 'amd64' out/"),
        ("|3 A=b", "|3 A=b"),
        ("|2 no arguments at all", "|2 no arguments at all"),
        ("", ""),
    ],
)
def test_a_step_reads_as_in_the_dockerfile(created_by: str, written: str):
    assert as_written(created_by) == written


@given(st.dictionaries(st.from_regex(r"\A[A-Z_]{1,8}\Z"), st.text(max_size=9), max_size=5))
def test_no_build_argument_is_told(arguments: dict[str, str]):
    words = " ".join(f"{name}={value}" for name, value in arguments.items())
    prefix = f"|{len(arguments)} {words} " if arguments else ""
    assert as_written(f"{prefix}/bin/sh -c make all") == "RUN make all"


@given(st.text())
def test_any_text_is_taken(created_by: str):
    assert len(as_written(created_by)) <= len(created_by)
