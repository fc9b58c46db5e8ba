from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from saved_images import taken_apart

from bench.inspection.image_facts import image_facts
from bench.inspection.masking import (
    MASK,
    in_arguments,
    in_command,
    in_setting,
    masked,
    masked_arguments,
    masked_setting,
)
from bench.inspection.secret_patterns import secrets_in
from bench.inspection.secret_values import is_secret_name

BODY = "Qx7ZkV2mLr9TtWc4YbNfHs8DgJp3KaUe6XoRi1MwBvEzCyFq5GhSdAnPu0"
# Of no account: every form with a made-up body.
TOKENS = {
    "AWS access key": "AKIA" + "QWERTYUIOPASDF23",
    "GitHub token": "ghp_" + BODY[:36],
    "GitLab token": "glpat-" + BODY[:20],
    "Slack token": "xoxb-" + "123456789012-" + BODY[:24],
    "Stripe key": "sk_live_" + BODY[:24],
    "Google API key": "AIza" + BODY[:35],
    "Hugging Face token": "hf_" + BODY[:34],
    "npm token": "npm_" + BODY[:36],
    "PyPI token": "pypi-AgEIcHlwaS5vcmc" + BODY,
    "API key": "sk-proj-" + BODY[:48],
}
MORE_TOKENS = [
    ("AWS access key", "ASIA" + "QWERTYUIOPASDF23"),
    ("GitHub token", "gho_" + BODY[:36]),
    ("GitHub token", "github_pat_" + BODY[:22] + "_" + BODY[:36]),
    ("API key", "sk-" + BODY[:48]),
]
EVERY_TOKEN = [*TOKENS.items(), *MORE_TOKENS]
PREFIXES = ("AKIA", "ASIA", "ghp_", "gho_", "github_pat_", "glpat-", "xoxb-", "sk_live_", "AIza")
PREFIXES = (*PREFIXES, "hf_", "npm_", "pypi-AgE", "sk-proj-", "sk-")
LINES = "\n".join(BODY + "12345678"[: 64 - len(BODY)] for _ in range(5))
PEM = f"-----BEGIN {{}}PRIVATE KEY-----\n{LINES}\n-----END {{}}PRIVATE KEY-----\n"


def kinds(path: str, text: str) -> list[str]:
    return [note.kind for note in secrets_in(path, text.encode())]


def shown(path: str, text: str) -> list[str]:
    return [note.masked for note in secrets_in(path, text.encode())]


@pytest.mark.parametrize(("kind", "token"), EVERY_TOKEN)
def test_a_token_is_known_by_its_form_wherever_it_stands(kind: str, token: str):
    for text in (token, f"key = '{token}'", f"x: {token}\n", f"https://h.org/?a={token}&b=c"):
        (note,) = secrets_in("app/settings.py", text.encode())
        assert note.kind == kind
        assert note.masked == token[: len(note.masked) - len(MASK)] + MASK
        assert len(note.masked) <= 4 + len(MASK)


@pytest.mark.parametrize(("kind", "token"), EVERY_TOKEN)
def test_a_tokens_form_alone_is_no_token(kind: str, token: str):
    prefix = next(known for known in PREFIXES if token.startswith(known))
    for text in (prefix, token[:9], f"x{token}", prefix + "x" * 60, prefix + "EXAMPLE" * 9):
        assert kinds("app/settings.py", text) == []


@pytest.mark.parametrize("header", ["", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED "])
def test_private_keys_are_found(header: str):
    pem = PEM.format(header, header)
    for text in (
        pem,
        f'{{"private_key": "{pem}"}}'.replace("\n", "\\n"),
        pem.replace("\n", "\r\n"),
    ):
        assert shown("srv/x", text) == [f"-----BEGIN {header}PRIVATE KEY-----{MASK}"]
    old = pem.replace("-----\n", "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,1F\n\n", 1)
    assert kinds("root/.ssh/id_rsa", old) == ["private key"]


@pytest.mark.parametrize(
    "text",
    [
        PEM.replace("PRIVATE", "PUBLIC").format("", ""),
        PEM.replace("PRIVATE KEY", "CERTIFICATE").format("", ""),
        'if b"-----BEGIN PRIVATE KEY-----" in data:\n    return "private"',
        "-----BEGIN PRIVATE KEY-----\n" + "=" * 64,
        "-----BEGIN PRIVATE KEY-----\nMIIB...\n-----END PRIVATE KEY-----",
    ],
)
def test_public_keys_certificates_and_code_are_no_private_keys(text: str):
    assert kinds("app/x.pem", text) == []


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("root/.netrc", "machine h login me password s3cr3t-9", ["password ********"]),
        ("root/.pypirc", "[pypi]\nusername = me\npassword = s3cr3t-9", ["password = ********"]),
        ("app/.npmrc", "//registry/:_authToken=s3cr3t-9\n", ["_authToken=********"]),
        ("app/.npmrc", "//registry/:_authToken=${NPM_TOKEN}\n", []),
        ("root/.git-credentials", "https://me:s3cr3t-9@host.org", ["://********@host.org"]),
        ("etc/pip.conf", "index-url = https://me:s3cr3t-9@h.org/x", ["://********@h.org"]),
        ("root/.docker/config.json", '{"auth": "bWU6czNjcjN0LTk="}', ['"auth": ********']),
        ("root/.docker/config.json", '{"auths":{"h":{"auth":"bWU6czNj"}}}', ['"auth":********']),
        ("app/config.json", '{"auth": "bWU6czNjcjN0LTk="}', []),
        ("root/.aws/credentials", "aws_secret_access_key = wJalrX/7M+z", None),
        ("root/.kube/config", "    token: s3cr3t-9\n    client-key-data: TUlJRXBB", None),
        ("app/.env", "DB_PASSWORD=s3cr3t-9\nDEBUG=1\n", ["DB_PASSWORD=********"]),
        ("app/.env", 'export API_KEY="s3cr3t 9"\n', ["API_KEY=********"]),
        ("app/.env.production", "JWT_SECRET=s3cr3t-9", ["JWT_SECRET=********"]),
        ("app/prod.env", "STRIPE_TOKEN=s3cr3t-9", ["STRIPE_TOKEN=********"]),
        ("app/.env.example", "DB_PASSWORD=s3cr3t-9", []),
        ("app/.env", "DB_PASSWORD=\nAPI_KEY=changeme\nTOKEN=${X}\nKEY_PASSWORD_FILE=/run/x", []),
        ("app/.env", "MAX_TOKEN=4096\nUSE_TOKEN=true\nPAD_TOKEN=<pad>\nTLS_SECRET=/etc/x", []),
        ("root/.pgpass", "h:5432:db:me:s3cr3t-9\n", ["********"]),
        ("etc/shadow", "root:$6$abc$def:1:0\nbin:*:1:0\nme:!:1:0", ["root:********"]),
        ("root/.vault-token", "hvs.CAESIJ7xKq0T2b\n", ["********"]),
        ("app/client.py", "headers = {'Authorization': 'Bearer s3cr3t-9'}", None),
        ("app/db.py", "url = 'postgres://me:s3cr3t-9@db/x'", ["://********@db"]),
        ("app/db.py", "url = 'postgres://user:password@db/x'", []),
        ("app/db.py", "url = f'postgres://{user}:{password}@db/x'", []),
        ("app/db.py", "password = 'hunter2-secret'", []),
        ("app/README.md", "export API_KEY=abcdef123456", []),
    ],
)
def test_files_of_credentials(path: str, text: str, found: list[str] | None):
    values = ("s3cr3t-9", "s3cr3t 9", "czNj", "TUlJ", "wJalrX", "$6$", "hvs.")
    assert not any(value in one for one in shown(path, text) for value in values)
    if found is None:
        assert len(shown(path, text)) == 1 + text.count("client-key-data")
    else:
        assert shown(path, text) == found


@pytest.mark.parametrize(
    "path",
    [
        "usr/lib/python3.11/test/certdata/keycert.pem",
        "usr/local/lib/python3.11/test/keycert.pem",
        "opt/venv/lib/python3.11/site-packages/tornado/test/test.key",
        "usr/lib/python3/dist-packages/twisted/test/server.pem",
        "opt/conda/pkgs/x/key.pem",
        "app/node_modules/http-signature/test/key.pem",
        "etc/ssl/private/ssl-cert-snakeoil.key",
    ],
)
def test_keys_that_packages_test_with_are_passed_over(path: str):
    assert kinds(path, PEM.format("", "")) == []


def test_in_folders_of_the_distribution_only_what_is_unmistakable_counts():
    assert kinds("usr/share/app/key.pem", PEM.format("", "")) == ["private key"]
    assert kinds("usr/share/app/x", TOKENS["AWS access key"]) == ["AWS access key"]
    assert kinds("usr/share/doc/x", "http://me:s3cr3t-9@h.org") == []
    assert kinds("usr/src/app/x", "http://me:s3cr3t-9@h.org") == ["password in a URL"]
    assert kinds("usr/local/bin/x", "http://me:s3cr3t-9@h.org") == ["password in a URL"]


def test_a_file_full_of_secrets_has_twenty_notes_at_most():
    text = "".join(f"A{number}_PASSWORD=s3cr3t-{number}\n" for number in range(5000))
    assert len(secrets_in("app/.env", text.encode())) == 20


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("DB_PASSWORD", True),
        ("PGPASSWORD", True),
        ("SMTP_PASS", True),
        ("DB_PWD", True),
        ("JWT_SECRET", True),
        ("clientSecret", True),
        ("SECRET_KEY_BASE", True),
        ("AWS_SECRET_ACCESS_KEY", True),
        ("io.example.api-key", True),
        ("HF_TOKEN", True),
        ("PASSWORD2", True),
        ("PWD", False),
        ("GPG_KEY", False),
        ("PYTHON_SHA256", False),
        ("DB_PASSWORD_FILE", False),
        ("TOKENIZERS_PARALLELISM", False),
        ("COMPASS", False),
        ("BYPASS", False),
        ("KEYBOARD", False),
        ("PATH", False),
        ("", False),
    ],
)
def test_names_that_promise_a_secret(name: str, secret: bool):
    assert is_secret_name(name) is secret


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("DB_PASSWORD=s3cr3t-9", "DB_PASSWORD=********"),
        ("DB_PASSWORD=", "DB_PASSWORD="),
        ("DB_PASSWORD=$OTHER", "DB_PASSWORD=$OTHER"),
        ("DB_PASSWORD=${OTHER:-s3cr3t-9}", "DB_PASSWORD=********"),
        ("TLS_SECRET=/run/secrets/tls", "TLS_SECRET=/run/secrets/tls"),
        ("AWS_SECRET_ACCESS_KEY=/x7+Zk", "AWS_SECRET_ACCESS_KEY=********"),
        ("USE_TOKEN=true", "USE_TOKEN=true"),
        ("MAX_TOKEN=512", "MAX_TOKEN=512"),
        ("PIN_PASSWORD=4711", "PIN_PASSWORD=********"),
        ("INDEX=https://me:s3cr3t-9@h.org/simple", "INDEX=https://********@h.org/simple"),
        ("INDEX=https://me:s3/cr3t@9@h.org/simple", "INDEX=https://********@h.org/simple"),
        ("INDEX=https://s3cr3t-9@h.org/simple", "INDEX=https://********@h.org/simple"),
        ("INDEX=https://h.org:8000/a@b", "INDEX=https://h.org:8000/a@b"),
        ("REPO=git@github.com:a/b.git", "REPO=git@github.com:a/b.git"),
        ("IMAGE=host:5000/a/b@sha256:cafe", "IMAGE=host:5000/a/b@sha256:cafe"),
        (f"X={TOKENS['GitHub token']}", "X=ghp_********"),
        ("PATH=/usr/local/bin:/usr/bin", "PATH=/usr/local/bin:/usr/bin"),
        ("GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D", None),
        ("NO_VALUE", "NO_VALUE"),
    ],
)
def test_settings_are_masked_by_name_and_by_form(line: str, shown: str | None):
    assert masked_setting(line) == (line if shown is None else shown)


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (
            'RUN curl -H "Authorization: Bearer s3cr3t-9" https://h.org -o x',
            'RUN curl -H "Authorization: Bearer ********" https://h.org -o x',
        ),
        (
            "RUN pip install --index-url https://me:s3cr3t-9@h.org/simple torch",
            "RUN pip install --index-url https://********@h.org/simple torch",
        ),
        ("RUN curl -u me:s3cr3t-9 https://h.org", "RUN curl -u ******** https://h.org"),
        ("RUN x --user 1000:1000 y", "RUN x --user 1000:1000 y"),
        ("|1 TOKEN=s3cr3t-9 /bin/sh -c make", "|1 TOKEN=******** /bin/sh -c make"),
        ("ARG TOKEN=s3cr3t-9", "ARG TOKEN=********"),
        ("ENV A_TOKEN=s3cr3t 9 PATH=/bin", "ENV A_TOKEN=******** PATH=/bin"),
        ("ENV A_TOKEN s3cr3t 9", "ENV A_TOKEN ********"),
        ('LABEL a.token="s3cr3t 9" b="c d"', 'LABEL a.token=******** b="c d"'),
        ("/bin/sh -c #(nop)  ENV A_TOKEN=s3cr3t", "/bin/sh -c #(nop)  ENV A_TOKEN=********"),
        ("RUN login --password s3cr3t-9 && x", "RUN login --password ******** && x"),
        ("RUN login --password=s3cr3t-9", "RUN login --password=********"),
        ("RUN login --password-stdin < x", "RUN login --password-stdin < x"),
        ("RUN TOKEN=$(cat /run/secrets/t) make", "RUN TOKEN=$(cat /run/secrets/t) make"),
        ("RUN TOKEN=ab'cd'ef make", "RUN TOKEN=******** make"),
        ("RUN TOKEN='ab cd'ef make", "RUN TOKEN=******** make"),
        ('RUN aws configure set a_secret_access_key "s3 9"', None),
        ("RUN npm config set //h/:_authToken s3cr3t-9", None),
        ('RUN echo \'{"auths":{"h":{"auth":"czNjcjN0"}}}\' > x', None),
        ('RUN echo "{\\"password\\": \\"s3cr3t-9\\"}" > x', None),
        ('ENTRYPOINT ["serve" "--token" "s3cr3t-9"]', None),
        ("RUN --mount=type=secret,id=npm,target=/root/.npmrc npm ci", ""),
        ("COPY --chown=token:token dir:5ec7e7 in /secret", ""),
        ('RUN [ -n "$TOKEN" ] || exit 1', ""),
        ("RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements.txt", ""),
    ],
)
def test_commands_are_masked(command: str, shown: str | None):
    """None: it doesn't matter how much of it stays; the empty text: all of it."""
    result = masked(command)
    assert not any(value in result for value in ("s3cr3t", "s3 9", "cd", "czNj"))
    if shown is not None:
        assert result == (shown or command)


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("serve", "--token", "s3cr3t-9"), ("serve", "--token", "********")),
        (("serve", "--token=s3cr3t-9"), ("serve", "--token=********")),
        (("serve", "--token", "--verbose"), ("serve", "--token", "--verbose")),
        (("serve", "--token", "$TOKEN"), ("serve", "--token", "$TOKEN")),
        (("sh", "-c", "TOKEN=s3cr3t-9 serve"), ("sh", "-c", "TOKEN=******** serve")),
        (("python", "-m", "inference"), ("python", "-m", "inference")),
    ],
)
def test_arguments_are_masked(arguments: tuple[str, ...], shown: tuple[str, ...]):
    assert masked_arguments(arguments) == shown
    told = [one.value for one in in_arguments(arguments)]
    assert told == (["s3cr3t-9"] if shown != arguments else [])


@pytest.mark.parametrize(
    "text",
    [
        "RUN TOKEN= make install",
        'RUN python -c "token = read(x)"',
        "ENV DB_PASSWORD=changeme",
        "ENV DB_PASSWORD=your_password_here",
        "ENV API_KEY=xxxxxxxxxxxx",
        "RUN git clone https://user:password@h.org",
        "RUN gosu --user me:staff make",
    ],
)
def test_placeholders_are_not_reported(text: str):
    assert [*in_command(text)] == []


def test_a_known_form_is_told_once_and_by_its_kind():
    (found,) = in_setting(f"API_TOKEN={TOKENS['GitHub token']}")
    assert (found.kind, found.masked) == ("GitHub token", "ghp_********")
    assert [one.kind for one in in_command(f"RUN X_TOKEN={TOKENS['GitLab token']} make")] == [
        "GitLab token"
    ]


@pytest.mark.parametrize(
    "piece",
    ["-", "a", '"', "password", "password=", "://", "://a:", "--a", "-u a", "curl -u ", "sk-",
     "-----BEGIN PRIVATE KEY-----", "config set ", "Authorization: ", "\\", "TOKEN='", "a=", " "],
)  # fmt: skip
def test_long_texts_end(piece: str):
    """A quarter of a megabyte; a search in quadratic time would take hours, and so be seen."""
    text = piece * (250_000 // len(piece))
    assert len(masked(text)) <= len(text) + len(MASK)
    assert len([*in_setting(f"A={text}")]) <= 20
    assert len(secrets_in("app/.env", text.encode())) <= 20


SIGNS = string.ascii_letters + string.digits + "!#%+,-./:=?@^_~"


def texts_of(signs: str) -> st.SearchStrategy[str]:
    """Drawn sign by sign, as words of our own stand in the facts anyway."""
    drawn = st.lists(st.sampled_from(signs), min_size=12, max_size=60).map("".join)
    return drawn.filter(lambda text: len(set(text)) > 7)


SECRETS = texts_of(SIGNS)


def leaks(secret: str, text: str) -> bool:
    return any(secret[at : at + 9] in text for at in range(len(secret) - 8))


@given(SECRETS, st.sampled_from(["DB_PASSWORD", "api.token", "AWS_SECRET_ACCESS_KEY"]))
def test_no_part_of_a_named_value_stays(secret: str, name: str):
    assume(not secret.startswith(("./", "../", "~/", "/", "file:")))
    assert masked_setting(f"{name}={secret}") == f"{name}={MASK}"
    for text in (f"ENV {name}={secret}", f"RUN {name}={secret} make", f"RUN x --token {secret}"):
        if not (secret.startswith("-") and "--token " in text):
            assert not leaks(secret, masked(text)), masked(text)


@given(st.text(), st.sampled_from(["ENV ", "RUN ", "", "LABEL a.token="]))
def test_any_text_can_be_masked_and_masking_twice_changes_nothing(text: str, start: str):
    once = masked(start + text)
    assert masked(once) == once
    assert all(one.masked.count(MASK) == 1 for one in in_command(start + text))


@given(st.binary(max_size=300), st.sampled_from(["app/.env", "root/.netrc", "etc/shadow", "x"]))
def test_any_file_can_be_searched(data: bytes, path: str):
    assert len(secrets_in(path, data)) <= 20


PASSWORDS = texts_of(string.ascii_letters + string.digits + "!+^_~-").filter(
    lambda text: not text.startswith("-")
)


@given(PASSWORDS, st.sampled_from([token for _, token in EVERY_TOKEN]))
def test_no_secret_gets_into_the_facts(secret: str, token: str):
    anatomy = taken_apart(
        {"app/.env": f"DB_PASSWORD={secret}\nX={token}", "root/.netrc": f"password {secret}"},
        {"app/.wh..env": "", "app/url": f"https://me:{secret}@h.org", "app/key": token},
        commands=(
            f"/bin/sh -c curl -H 'Authorization: Basic {secret}' -u me:{secret} https://h.org",
            f"|2 NPM_TOKEN={secret} X={token} /bin/sh -c npm ci --token {secret}",
        ),
        environment=(f"DB_PASSWORD={secret}", f"URL=https://me:{secret}@h.org", f"X={token}"),
        labels={"io.api-key": secret, "note": token},
        entrypoint=("serve", "--password", secret, f"--token={secret}", token),
        more={"Cmd": ["sh", "-c", f"TOKEN={secret} serve {token}"]},
    )
    facts = image_facts(anatomy)
    dumped = facts.model_dump_json()
    assert not leaks(secret, dumped)
    assert not leaks(token[4:], dumped)
    where = {one.where for one in facts.security.secrets}
    assert {"environment DB_PASSWORD", "environment X", "/app/.env", "/app/url"} <= where
