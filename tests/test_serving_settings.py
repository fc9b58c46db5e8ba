"""The service's settings: option, environment, default, range."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import pytest

from inference.serving.settings import Settings, add_options, from_options


def read(words: Sequence[str] = (), **environment: str) -> Settings:
    parser = argparse.ArgumentParser()
    add_options(parser, environment)
    return from_options(parser.parse_args(words))


def test_the_defaults_fit_together() -> None:
    assert read() == Settings()
    assert (Settings().port, Settings().images) == (8000, Path("/images"))


def test_the_environment_sets_and_an_option_overrules_it() -> None:
    settings = read(["--queue", "99"], SLIMBENCH_PORT="5000", SLIMBENCH_QUEUE="77")
    assert (settings.port, settings.queue) == (5000, 99)
    assert read(SLIMBENCH_MAX_WAIT_MS="0.5").max_wait_ms == 0.5
    assert read(SLIMBENCH_IMAGES="/data").images == Path("/data")
    assert read(SLIMBENCH_PORT="").port == 8000


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SLIMBENCH_PORT", "0", "--port: '0' is no whole number from 1 to 65535"),
        ("SLIMBENCH_PORT", "65536", "--port: '65536' is no whole number from 1 to 65535"),
        ("SLIMBENCH_QUEUE", "many", "--queue: 'many' is no whole number from 1"),
        ("SLIMBENCH_MAX_WAIT_MS", "nan", "--max-wait-ms: 'nan' is no number from 0 to 1000"),
        ("SLIMBENCH_BODY_TIMEOUT_S", "inf", "--body-timeout-s: 'inf' is no number from 0.01"),
    ],
)
def test_a_value_out_of_range_is_refused(
    variable: str, value: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        read(**{variable: value})
    assert caught.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--max-files", "65"], "max_files is more than queue"),
        (["--queue", "31"], "max_files is more than queue"),
        (["--max-body-bytes", "300000000"], "max_body_bytes is more than max_buffered_bytes"),
    ],
)
def test_contradictions_are_told(words: Sequence[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(words)
