"""What the source never does, read from the source itself."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from longbien.node import found
from longbien.store import Store
from node.pair import papers

ROOT = Path(__file__).resolve().parents[2] / "src"
STATIC = ROOT / "longbien/web/static"
# Where chance is seeded on purpose: worlds that are played again, and no key of a live node comes from there.
SIMULATED = ROOT / "longbien/exercise"


@cache
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text("utf-8")) for path in sorted(ROOT.rglob("*.py"))}


@cache
def calls() -> tuple[tuple[Path, ast.Call, str], ...]:
    """Every call with the name that is called, such as `re.compile`."""
    return tuple(
        (path, node, ast.unparse(node.func))
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    )


def imported() -> Iterator[tuple[Path, str]]:
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield path, node.module


def put_together(node: ast.expr) -> bool:
    """Whether a text is made of parts that are known only when it runs."""
    return isinstance(node, ast.JoinedStr | ast.BinOp) or (
        isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".format")
    )


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def test_no_query_is_put_together_from_texts():
    """Values go to the database apart; what a query is made of are names of our own tables and columns (`store/many.py`)."""
    found_ = [
        where(path, call)
        for path, call, name in calls()
        if name in {"text", "sqlalchemy.text"}
        or name.endswith(("exec_driver_sql", ".execute", ".executemany"))
        if call.args and put_together(call.args[0])
        # Settings of the database, whose names stand beside.
        if not re.search(r"'(SHOW|PRAGMA) ", ast.unparse(call.args[0]))
    ]
    assert found_ == []


def test_no_shell_is_asked_and_nothing_foreign_is_run_or_rebuilt():
    forbidden = {"eval", "exec", "compile", "__import__", "os.system", "os.popen"}
    assert [where(path, call) for path, call, name in calls() if name in forbidden] == []
    assert [
        where(p, c)
        for p, c, name in calls()
        if name.startswith("subprocess.")
        for word in c.keywords
        if word.arg == "shell"
    ] == []
    rebuilding = {"pickle", "marshal", "shelve", "dill", "yaml", "jsonpickle"}
    assert [(path, name) for path, name in imported() if name.partition(".")[0] in rebuilding] == []
    # The demonstration starts its own nodes, a node its own helper beside it: this program and no other, by a list and no line of a shell.
    starting = [(p, c) for p, c, name in calls() if name in {"subprocess.run", "subprocess.Popen"}]
    assert starting
    for path, call in starting:
        assert isinstance(call.args[0], ast.List), where(path, call)
        assert ast.unparse(call.args[0].elts[0]) == "sys.executable", where(path, call)


def test_no_pattern_is_put_together_from_foreign_letters():
    """A pattern that has parts has those of other patterns of ours."""
    found_ = [
        where(path, call)
        for path, call, name in calls()
        if name.startswith("re.") and call.args and isinstance(call.args[0], ast.JoinedStr)
        for part in call.args[0].values
        if isinstance(part, ast.FormattedValue)
        and not re.fullmatch(r"[A-Z_]+(\.pattern)?|re\.escape\(.*\)", ast.unparse(part.value))
    ]
    assert found_ == []


def test_no_template_is_made_from_a_text():
    names = {"Template", "jinja2.Template"}
    assert [where(p, c) for p, c, name in calls() if name in names or name.endswith("from_string")] == []
    made = [
        call for path, call, name in calls() if name.endswith("Environment") and "jinja" in path.read_text()
    ]
    assert made
    escaped = [word for call in made for word in call.keywords if word.arg == "autoescape"]
    assert escaped
    assert all(isinstance(word.value, ast.Constant) and word.value.value is True for word in escaped)
    # `%` and `format` with a foreign text as the pattern would read what stands around them.
    assert "|safe" not in "".join(
        path.read_text() for path in (ROOT / "longbien/web/templates").glob("*.html")
    )


def test_no_memory_is_touched_by_hand():
    assert [(path, name) for path, name in imported() if name in {"ctypes", "cffi"}] == []


def test_secrets_come_from_the_system_alone():
    seeded = [path for path, name in imported() if name == "random" and SIMULATED not in path.parents]
    assert seeded == []
    opened = (ROOT / "longbien/node/opening.py").read_text("utf-8")
    assert "entropy=os.urandom" in opened
    sizes = {
        int(ast.unparse(call.args[0]))
        for path, call, name in calls()
        if name.endswith("entropy") and call.args and ast.unparse(call.args[0]).isdigit()
        if path.name in {"sessions.py", "ceremony.py"}
    }
    assert sizes
    assert min(sizes) * 8 >= 128


def test_cryptography_comes_from_the_libraries_that_are_named():
    ours = {
        "hashlib",
        "hmac",
        "secrets",
        "ssl",
        "cryptography",
        "blake3",
        "webauthn",
        "rbcl",
        "pyhanko",
        "rfc3161_client",
    }
    strange = {"Crypto", "Cryptodome", "nacl", "ecdsa", "rsa", "jwt", "jose", "M2Crypto", "gmssl", "OpenSSL"}
    roots = {name.partition(".")[0] for _, name in imported()}
    assert roots & strange == set()
    assert roots & ours >= {"hashlib", "hmac", "cryptography", "webauthn"}


def test_no_weak_algorithm_is_named():
    weak = re.compile(
        r"\b(hashlib\.(md5|sha1)|MD5\(|SHA1\(|modes\.ECB|TripleDES|ARC4|Blowfish|RC2|PKCS1v15)\b"
    )
    found_ = {(path.name, match[0]) for path in trees() for match in weak.finditer(path.read_text("utf-8"))}
    # Digests of old papers are compared and prove nothing; a certificate that others signed with RSA is read.
    assert found_ == {
        ("sealing.py", "hashlib.md5"),
        ("sealing.py", "hashlib.sha1"),
        ("cms.py", "PKCS1v15"),
    }
    sealing = (ROOT / "longbien/carry/sealing.py").read_text("utf-8")
    assert sealing.count("usedforsecurity=False") == 2


def test_no_door_answers_without_tls_by_pointing_at_tls():
    assert not [path for path in trees() if "HTTPSRedirect" in path.read_text("utf-8")]
    assert [where(p, c) for p, c, name in calls() if name.endswith("RedirectResponse")] == []


def test_no_application_is_made_for_debugging():
    on = [
        where(path, call)
        for path, call, _ in calls()
        for word in call.keywords
        if word.arg in {"debug", "reload"} and ast.unparse(word.value) != "False"
    ]
    assert on == []


def test_nothing_is_written_to_a_log_that_nobody_named():
    logging = {"logging", "structlog", "syslog", "sentry_sdk", "loguru"}
    assert [(path, name) for path, name in imported() if name.partition(".")[0] in logging] == []
    assert [where(p, c) for p, c, name in calls() if name == "print" and "cli" not in p.parts] == []


def test_our_scripts_fill_no_object_with_foreign_names():
    for path in STATIC.glob("*.js"):
        script = path.read_text("utf-8")
        assert "Object.assign" not in script
        for name in re.findall(r"\b(\w+)\[\w+\]\s*=[^=]", script):
            assert re.search(rf"const {name} = (new Map|\{{\s*__proto__: null)", script), (path.name, name)


def test_a_new_node_knows_nobody():
    """There is no account that came with the program, no token and no hook."""
    with Store("sqlite://") as store:
        found(store, papers("VN")[0])
        with store.transaction() as tx:
            assert tx.desk.officers() == ()
            assert tuple(tx.programs.tokens()) == ()
            assert tuple(tx.events.hooks()) == ()
