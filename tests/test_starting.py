"""`slimbench init`: what it finds in a folder, the matrix that it writes, and what it refuses."""

from __future__ import annotations

import json
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Optional

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

import slimbench
from builders.errors import ConfigurationError
from builders.matrix_file import load_matrix
from builders.matrix_schema import schema_text
from builders.starting.known_bases import known_base
from builders.starting.start import begin

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
APP = 'app = Flask(__name__)\n@app.get("/health")\ndef health(): ...\n'
PREDICT = '@app.route("/score", methods=["POST"])\ndef score(): ...\n'


def folder(place: Path, **files: str) -> Path:
    """A folder with these files; `__` in a name is a dot."""
    made = place / "My Service"
    made.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (made / name.replace("__", ".")).write_text(content, encoding="utf-8")
    return made


def written(place: Path) -> dict[str, Any]:
    """The matrix of the folder: it must hold, and hold as it was written."""
    begin(place)
    load_matrix(place / "variants.yaml")
    data: dict[str, Any] = yaml.safe_load((place / "variants.yaml").read_text(encoding="utf-8"))
    return data


def refusal(place: Path) -> str:
    before = sorted(place.iterdir()) if place.is_dir() else []
    with pytest.raises(ConfigurationError) as refused:
        begin(place)
    assert (sorted(place.iterdir()) if place.is_dir() else []) == before
    assert "\n" not in str(refused.value)
    return str(refused.value)


def copied(example: str, place: Path) -> Path:
    target = place / example
    shutil.copytree(EXAMPLES / example, target)
    (target / "variants.yaml").unlink()
    return target


def test_the_flask_example_is_understood(tmp_path: Path) -> None:
    found = written(copied("flask-service", tmp_path))
    request = {
        "path": "/predict",
        "headers": {"Content-Type": "application/json"},
        "body": "request.json",
    }
    http = {"port": 8000, "ready": "/health", "request": request}
    assert found["service"] == {"http": http}
    assert found["requirements"] == {"requirements": "requirements.txt"}
    assert list(found["variants"]) == ["today", "slim"]
    slim = found["variants"]["slim"]
    assert (slim["base"], slim["build_base"], slim["after"]) == ("slim", "full", "today")
    assert found["reference"] == "today"


def test_the_command_line_example_is_understood(tmp_path: Path) -> None:
    found = written(copied("sklearn-predictor", tmp_path))
    command = {"arguments": ["/data/flats.csv"], "files": {"/data/flats.csv": "flats.csv"}}
    assert found["service"] == {"command": command}
    assert list(found["variants"]) == ["today", "slim"]


def test_where_a_value_was_found_stands_behind_it(tmp_path: Path) -> None:
    place = folder(tmp_path, Dockerfile="FROM python:3.12\n\nEXPOSE 9000\n", app__py=APP)
    begin(place)
    text = (place / "variants.yaml").read_text(encoding="utf-8")
    assert "port: 9000 # in the container; Dockerfile:3\n" in text
    assert "ready: /health # answers 200 once it serves; app.py:2\n" in text
    assert "Stands on python:3.12, which the engine pulls" in text


@pytest.mark.parametrize(
    ("dockerfile", "port"),
    [
        ("EXPOSE 9000", 9000),
        ("EXPOSE 9000/tcp 9001", 9000),
        ('EXPOSE 1\nCMD ["gunicorn", "--bind", "0.0.0.0:9000", "app:app"]', 9000),
        ("CMD uvicorn app:app --host 0.0.0.0 --port 9000", 9000),
        ("CMD uvicorn app:app --port=9000", 9000),
        ("ENV PORT=9000\nCMD gunicorn -b :$PORT app:app", 9000),
        ("CMD exec gunicorn --bind 0.0.0.0:${PORT:-9000} app:app", 9000),
        ('ENTRYPOINT ["flask"]\nCMD ["run", "-p", "9000"]', 9000),
        ("CMD python manage.py runserver 0.0.0.0:9000", 9000),
        ("CMD gunicorn \\\n  # its port\n  --bind :9000 \\\n  app:app", 9000),
        ("ENV FLASK_RUN_PORT 9000\nCMD flask run", 9000),
        ('CMD ["gunicorn", "app:app"]', 8000),
        ('CMD ["/opt/venv/bin/flask", "run"]', 5000),
        ('CMD ["--port", "9000"]\nENTRYPOINT ["uvicorn", "app:app"]', 9000),
        ("CMD python -m http.server", 8000),
    ],
)
def test_the_port_is_found_in_the_dockerfile(tmp_path: Path, dockerfile: str, port: int) -> None:
    place = folder(tmp_path, Dockerfile=f"FROM python:3.12\n{dockerfile}\n")
    assert written(place)["service"]["http"]["port"] == port


@pytest.mark.parametrize(
    "source",
    [
        "app.run(host='0.0.0.0', port=9000)",
        "PORT = 9000\nuvicorn.run(app, port=PORT)",
        "web.run_app(app, port=int(os.environ.get('PORT', 9000)))",
        "serve(app, port=os.environ.get('PORT', '9000'))",
        "ThreadingHTTPServer(('', 9000), Handler).serve_forever()",
    ],
)
def test_the_port_is_found_in_the_source(tmp_path: Path, source: str) -> None:
    place = folder(tmp_path, Dockerfile="FROM python:3.12\nCMD python app.py", app__py=source)
    assert written(place)["service"]["http"]["port"] == 9000


@pytest.mark.parametrize(
    ("files", "ready"),
    [
        ({"app__py": APP}, "/health"),
        ({"app__py": "@router.get('/v1/readyz')\nasync def r(): ..."}, "/v1/readyz"),
        ({"app__py": "app.router.add_get('/ping', ping)"}, "/ping"),
        ({"app__py": "class H:\n def do_GET(self):\n  if self.path == '/live': ..."}, "/live"),
        ({"app__py": "@app.get('/items/{n}')\ndef f(): ...\n@app.get('/')\ndef g(): ..."}, "/"),
        ({"app__py": "this is no Python"}, "/"),
        ({"test_app__py": APP}, "/"),
        ({}, "/"),
    ],
)
def test_the_ready_path_is_found(tmp_path: Path, files: dict[str, str], ready: str) -> None:
    place = folder(tmp_path, Dockerfile="FROM python:3.12\nEXPOSE 80", **files)
    http = written(place)["service"]["http"]
    assert (http["ready"], http["request"]) == (ready, {"path": ready})


def test_a_health_check_tells_the_ready_path(tmp_path: Path) -> None:
    check = "HEALTHCHECK --interval=5s CMD curl -f http://localhost:80/up?x=1 || exit 1"
    place = folder(tmp_path, Dockerfile=f"FROM python:3.12\nEXPOSE 80\n{check}", app__py=APP)
    assert written(place)["service"]["http"]["ready"] == "/up"


def test_a_sample_is_sent_to_the_route_that_takes_one(tmp_path: Path) -> None:
    files = {"app__py": APP + PREDICT, "example_input__json": "{}", "package__json": "{}"}
    place = folder(tmp_path, Dockerfile="FROM python:3.12\nCMD flask run", **files)
    request = written(place)["service"]["http"]["request"]
    assert (request["path"], request["body"]) == ("/score", "example_input.json")


def test_without_a_sample_the_route_is_a_comment(tmp_path: Path) -> None:
    place = folder(tmp_path, Dockerfile="FROM python:3.12\nEXPOSE 80", app__py=APP + PREDICT)
    assert written(place)["service"]["http"]["request"] == {"path": "/health"}
    assert "# path: /score # app.py:4" in (place / "variants.yaml").read_text(encoding="utf-8")


def test_a_command_keeps_its_own_words_where_no_sample_fits(tmp_path: Path) -> None:
    place = folder(tmp_path, Dockerfile='FROM python:3.12\nCMD ["python", "p.py"]', a__csv="1")
    assert written(place)["service"] == {"command": {"arguments": []}}


def test_each_dockerfile_is_a_variant_and_the_usual_one_the_reference(tmp_path: Path) -> None:
    names = ("Dockerfile__slim", "dev__Dockerfile", "Dockerfile", "Containerfile__a_b")
    place = folder(tmp_path, **dict.fromkeys(names, "FROM python:3.12"))
    (place / "docker").mkdir()
    (place / "docker" / "Dockerfile").write_text("FROM python:3.12")
    (place / "Dockerfile.dockerignore").write_text("x")
    found = written(place)["variants"]
    recipes = {name: recipe["dockerfile"] for name, recipe in found.items()}
    assert recipes == {
        "today": "Dockerfile",
        "today-2": "docker/Dockerfile",
        "a-b": "Containerfile.a_b",
        "dev": "dev.Dockerfile",
        "slim": "Dockerfile.slim",
    }
    assert [recipe.get("after") for recipe in found.values()] == [None, *["today"] * 4]


def test_stages_stand_on_the_bases_that_their_arguments_name(tmp_path: Path) -> None:
    text = (
        "ARG BUILD_BASE=python:3.11\nARG BASE=python:3.11-slim\n"
        "FROM ${BUILD_BASE} AS build\nFROM $BASE AS run\nEXPOSE 80\nFROM run\n"
    )
    recipe = written(folder(tmp_path, Dockerfile=text))["variants"]["today"]
    assert (recipe["base"], recipe["build_base"]) == ("slim", "full")
    assert "requirements" not in recipe


def test_known_bases_are_those_of_the_repository_and_of_the_examples() -> None:
    places = [ROOT, EXAMPLES / "flask-service", EXAMPLES / "sklearn-predictor"]
    matrices = [yaml.safe_load((place / "variants.yaml").read_text()) for place in places]
    for image, name in (("python:3.11", "full"), ("docker.io/library/python:3.11-slim", "slim")):
        known = known_base(image)
        assert known is not None
        assert known.name == name
        for matrix in matrices:
            assert yaml.safe_load(known.text) == {name: matrix["bases"][name]}


def test_another_base_is_named_where_it_is_pinned() -> None:
    digest = "a" * 64
    pinned = known_base(f"ghcr.io/me/Base.1:2@sha256:{digest}")
    assert pinned is not None
    assert yaml.safe_load(pinned.text) == {
        "base-1-2-aaaaaaaa": {"registry": f"ghcr.io/me/Base.1:2@sha256:{digest}"}
    }
    other = known_base(f"python:3.11@sha256:{digest}")
    assert other is not None
    assert f"docker.io/library/python:3.11@sha256:{digest}" in other.text
    assert known_base("me/base:1") is None
    assert known_base("") is None


def test_a_set_is_served_only_where_it_is_locked_and_the_dockerfile_lets_it(
    tmp_path: Path,
) -> None:
    begins = "ARG BASE=python:3.11-slim\nFROM $BASE\n"
    installs = "ARG PIP_FIND_LINKS\nRUN pip install -r requirements.txt\n"
    cases = {
        "served": (begins + installs, "a==1 --hash=sha256:1", True),
        "loose": (begins + installs, "a==1", False),
        "unserved": (begins + "RUN pip install -r requirements.txt", "a --hash=sha256:1", False),
        "its own base": (f"FROM python:3.11\n{installs}", "a==1 --hash=sha256:1", False),
    }
    for name, (text, requirements, is_served) in cases.items():
        files = {"Dockerfile": text, "requirements__txt": requirements}
        place = folder(tmp_path / name, **files)
        assert ("requirements" in written(place)["variants"]["today"]) is is_served, name
        told = "requirements.txt: without hashes" in (place / "variants.yaml").read_text()
        assert told is (name == "loose")


def test_an_empty_folder_gets_a_service_that_is_one_of_the_examples(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    names = {path.name for path in begin(tmp_path)}
    assert names == {path.name for path in (EXAMPLES / "flask-service").iterdir() if path.is_file()}
    for name in names - {"variants.yaml"}:
        kept = (EXAMPLES / "flask-service" / name).read_bytes()
        assert (tmp_path / name).read_bytes() == kept
    _, _, matrix = (tmp_path / "variants.yaml").read_text(encoding="utf-8").partition("\n")
    assert matrix == (EXAMPLES / "flask-service" / "variants.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("files", [{}, {"Dockerfile": "FROM python:3.12\nEXPOSE 80"}])
def test_editors_find_the_schema_in_the_first_line(tmp_path: Path, files: dict[str, str]) -> None:
    place = folder(tmp_path, **files)
    first, _, _ = (begin(place)[0]).read_text(encoding="utf-8").partition("\n")
    name = first.removeprefix("# yaml-language-server: $schema=")
    assert (place / name).read_text(encoding="utf-8") == schema_text()
    content = yaml.safe_load((place / "variants.yaml").read_text(encoding="utf-8"))
    assert list(Draft7Validator(json.loads(schema_text())).iter_errors(content)) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    place = folder(tmp_path, Dockerfile="FROM python:3.12", variants__yaml="mine")
    assert "variants.yaml: is there already; change it, take it away" in refusal(place)
    assert (place / "variants.yaml").read_text() == "mine"
    (place / "other.yaml").symlink_to("nowhere.yaml")
    with pytest.raises(ConfigurationError, match="is there already"):
        begin(place, "other.yaml")


def test_what_no_matrix_can_be_made_of_is_refused(tmp_path: Path) -> None:
    assert "holds no Dockerfile; write one as in" in refusal(folder(tmp_path / "a", app__py=APP))
    assert "is no folder; make it" in refusal(tmp_path / "absent")
    no_from = folder(tmp_path / "b", Dockerfile="# FROM nothing\nRUN x")
    assert "Dockerfile: has no FROM, and is no Dockerfile; correct it" in refusal(no_from)
    binary = folder(tmp_path / "c", x="")
    (binary / "Dockerfile").write_bytes(b"FROM \xff")
    assert "Dockerfile: can't be read as text; take it out" in refusal(binary)


def test_an_unwritable_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = folder(tmp_path, Dockerfile="FROM python:3.12")

    def no_space(*arguments: object, **more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "iterdir", no_space)
    with pytest.raises(ConfigurationError, match="no matrix can be made there: No space left"):
        begin(place)


def test_the_command_says_what_it_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = folder(tmp_path, Dockerfile="FROM python:3.12\nEXPOSE 80")
    monkeypatch.chdir(place)
    monkeypatch.setattr(sys, "argv", ["slimbench", "-f", "mine.yaml", "init"])
    with pytest.raises(SystemExit) as ended:
        slimbench.main()
    assert ended.value.code == 0
    assert "wrote mine.yaml; read it, then `slimbench -f mine.yaml run`" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        slimbench.main()
    assert ended.value.code == 2
    assert "mine.yaml: is there already" in capsys.readouterr().err


_LINES = st.one_of(
    st.text(max_size=30),
    st.tuples(
        st.sampled_from(
            ["FROM", "ARG BASE=", "ARG", "ENV", "CMD", "ENTRYPOINT", "EXPOSE", "HEALTHCHECK CMD"]
        ),
        st.sampled_from([" ", "=", "  \t", ' ["', " ${", " $BASE", " ${BASE:-", " http://h/", ""]),
        st.one_of(
            st.text(max_size=20),
            st.sampled_from(["8000", "python:3.11-slim", "a AS b", "--port 9", "'", "<<E", "\\"]),
        ),
    ).map("".join),
)


@settings(deadline=None)
@given(lines=st.lists(_LINES, max_size=8), source=st.text(max_size=60), name=st.text(max_size=12))
def test_any_dockerfile_gives_a_matrix_that_holds_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], source: str, name: str
) -> None:
    place = tmp_path_factory.mktemp("folder")
    text = "\n".join(lines)
    for file, content in (("Dockerfile", text), ("app.py", source), ("requirements.txt", source)):
        (place / file).write_text(content, encoding="utf-8", errors="surrogatepass")
    with suppress(OSError, ValueError):  # no name that a file can have
        (place / f"{name}.Dockerfile").write_text(f"FROM scratch\n{name}", encoding="utf-8")
    told = outcome(place)
    if told is None:
        load_matrix(place / "variants.yaml")
    else:
        assert "\n" not in told


def outcome(place: Path) -> Optional[str]:
    """The sentence of a refusal, or None where a matrix was written."""
    try:
        begin(place)
    except ConfigurationError as error:
        return str(error)
    return None
