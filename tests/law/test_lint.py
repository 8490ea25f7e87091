"""Every check of the lint finds the fault that is planted for it, and finds nothing in the law that is shipped."""

import pytest

from longbien.law import LawFault, lint, load

from .sample import texts

TEXTS = texts()

B = "flows/preservation.1.toml"
A = "flows/request.1.toml"
D = "flows/agreement.1.toml"
P = "procedures/preservation.1.toml"
X = "procedures/preservation-extension.1.toml"
S = "procedures/stored-data-access.1.toml"
V = "vocabulary/common.1.toml"
R = "reasons.toml"
H = "instruments/hanoi.toml"
L = "released.toml"
W = "instruments/ru-vn-1998.toml"
U = "instruments/budapest.toml"
T = "instruments/untoc.toml"
C = "instruments/reciprocity.toml"
N = "parties/states.toml"
G = "parties/organisations.toml"
M = "messages.toml"
F = "foreseen.toml"


def planted(file: str, old: str, new: str) -> dict[str, str]:
    assert TEXTS[file].count(old) >= 1, (file, old)
    return {**TEXTS, file: TEXTS[file].replace(old, new, 1)}


def row(line: str) -> str:
    return f'moves = [\n  "{line}",'


# code, file, what stands there, what is put there instead
FAULTS = [
    # ---- flows
    ("ROW_ID_TWICE", B, '"B11 ', '"B08 '),
    ("ROW_COLUMNS", B, "moves = [", row("B99 held requested act closed -")),
    ("MOVE_TWICE", B, "moves = [", row("B99 held requested follow_up_decided released - released")),
    ("STAGE_UNKNOWN", B, "moves = [", row("B99 held requested order nowhere - -")),
    ("STAGE_UNKNOWN", B, "moves = [", row("B99 nowhere requested order held - -")),
    ("ROLE_UNKNOWN", B, "moves = [", row("B99 held stranger order closed - -")),
    ("ROLE_UNKNOWN", B, 'host = "requested"', 'host = "somebody"'),
    ("ROLE_UNKNOWN", B, 'waits_for = "requested"', 'waits_for = "machine"'),
    ("ROLE_UNKNOWN", B, "terminal = true", 'terminal = true\nwaits_for = "requested"'),
    ("OPENING_MISSING", B, 'opening_act = "open"', 'opening_act = "order"'),
    ("OPENING_ROLE", B, "moves = [", row("B99 start requested order received parties_match,basis_in_force -")),
    ("OPENING_UNGUARDED", B, "parties_match,scope_fits,basis_in_force", "parties_match,scope_fits"),
    ("MOVE_UNGUARDED", B, 'guards_for_people = ["office_may_send", ', "guards_for_people = ["),
    ("MOVE_UNGUARDED", B, "fields_complete,expiry_due", "expiry_due"),
    ("MOVE_WITHOUT_DEFAULT", B, "requested  follow_up_decided ", "requested  follow_up_decided?last_of_all "),
    ("CHOICE_UNKNOWN", D, "decline?nobody_left", "decline?somebody_left"),
    ("BASE_UNKNOWN", B, 'id = "preservation"', 'id = "preservation"\nbase = "nothing.1"'),
    ("BASE_LOOP", B, 'id = "preservation"', 'id = "preservation"\nbase = "preservation.1"'),
    ("WITHOUT_UNKNOWN", B, 'id = "preservation"', 'id = "preservation"\nbase = "request.1"\nwithout = ["A99"]'),
    ("STAGE_UNREACHABLE", B, "[stages.held]", '[stages.attic]\nlabels = { en = "Attic" }\nterminal = true\n\n[stages.held]'),
    ("TERMINAL_HAS_EXIT", B, "moves = [", row("B99 closed requested order held - -")),
    ("STAGE_WITHOUT_CLOCK", B, 'clocks = ["INFO"]', "clocks = []"),
    ("GUARD_UNKNOWN", B, "not_expired", "not_too_late"),
    ("EFFECT_UNKNOWN", B, "held_for_follow_up", "held_for_ever"),
    # ---- acts and fields
    ("ACT_WITHOUT_FIELDS", B, "moves = [", row("B99 held requested shrug closed - -")),
    ("ACT_WITHOUT_FIELDS", P, '["preservation-extension.1", ', "["),
    ("ACT_UNUSED", P, "[refusal]", '[acts.shrug]\nlabels = { en = "Shrug" }\n\n[refusal]'),
    ("LABEL_MISSING", B, '[acts.go_on]\nlabels = { en = "Go on all the same" }', "[acts.go_on]"),
    ("LABEL_MISSING", B, '[stages.held]\nlabels = { en = "Held" }', "[stages.held]"),
    ("LABEL_MISSING", P, ', labels = { en = "Days wished" }', ""),
    ("LABEL_MISSING", P, 'other = { en = "Other" }', "other = {}"),
    ("LANGUAGE_UNKNOWN", P, 'labels = { en = "Days wished" }', 'labels = { en = "Days wished", tlh = "jaj" }'),
    ("PERSONS_RANGE", B, "[acts.expire]\nlabels = { en = \"The time has run out\" }\npersons = 0", "[acts.expire]\nlabels = { en = \"The time has run out\" }\npersons = 1"),
    ("PERSONS_RANGE", B, "persons = 1", "persons = 0"),
    ("OFFICE_UNKNOWN", P, 'to_roles = ["poc", "ca"]', 'to_roles = ["poc", "isp"]'),
    ("OFFICE_UNKNOWN", P, 'to_roles = ["poc", "ca"]', "to_roles = []"),
    ("OFFICE_UNKNOWN", S, 'offices = ["ca", "comp"]', 'offices = ["ca", "police"]'),
    ("SCOPE_UNKNOWN", P, 'scope_limbs = ["a", "b", "c"]', 'scope_limbs = ["d"]'),
    ("SCOPE_UNKNOWN", P, 'scope_limbs = ["a", "b", "c"]', "scope_limbs = []"),
    ("TYPE_UNKNOWN", P, '"data_item[]"', '"data_itme[]"'),
    ("VALUES_MISPLACED", P, 'type = "enum", required = true', 'type = "text", required = true'),
    ("CHECK_UNKNOWN", V, 'check = "period_order"', 'check = "period_odour"'),
    ("TYPE_TWICE", P, "[refusal]", '[types.text]\nlabels = { en = "Text" }\nfields = []\n\n[refusal]'),
    ("TYPE_LOOP", P, "[refusal]", '[types.knot]\nlabels = { en = "Knot" }\nfields = [{ name = "knot", type = "knot", required = true, labels = { en = "Knot" } }]\n\n[refusal]'),
    ("FIELD_TWICE", P, '{ name = "necessity"', '{ name = "items"'),
    ("FIELD_REFERENCE", P, 'or_else = "system_location"', 'or_else = "system_locator"'),
    ("FIELD_REFERENCE", V, 'needed_with = "deadline"', 'needed_with = "dedline"'),
    ("FIELD_REFERENCE", S, "needed_when = { volatile = [true] }", "needed_when = { hurry = [true] }"),
    ("OFFENCE_UNKNOWN", V, "[offences.HC-04]", "[offences.HC-05]"),
    # ---- clocks
    ("CLOCK_UNKNOWN", B, 'clocks = ["ACK", "DECIDE"]', 'clocks = ["ACQ", "DECIDE"]'),
    ("CLOCK_UNUSED", P, "[refusal]", '[clocks.IDLE]\nlabels = { en = "Idle" }\nstart = "stage_since"\nhours = 1\n\n[refusal]'),
    ("CLOCK_SPAN", B, "working_days = 2", "working_days = 2\nhours = 1"),
    ("CLOCK_SPAN", B, "working_days = 2", "working_days = 2\nminutes = 30"),
    ("CLOCK_SPAN", B, "working_days = 2", "working_days = -2"),
    ("CLOCK_STATUTORY", A, "working_days = 2", "working_days = 2\nstatutory = true"),
    ("CLOCK_START_UNKNOWN", B, 'start = "risk_at"', 'start = "risky_at"'),
    ("FACT_TAKEN", D, '{ name = "starts_on"', '{ name = "opened_at"'),
    ("CLOCK_ACT_UNKNOWN", B, 'acts = "expire"', 'acts = "release"'),
    ("MACHINE_WITHOUT_CLOCK", B, 'acts = "expire"\n', ""),
    # ---- grounds and safeguards
    ("REASON_UNKNOWN", P, '"OWN-LAW"', '"OWN-LORE"'),
    ("REASON_MISUSED", P, '"OWN-LAW"', '"ONGOING"'),
    ("CHECK_UNKNOWN", X, 'check = "dual_reserved"', 'check = "dual_reversed"'),
    ("REFUSAL_WITHOUT_REASON", B, "ground_to_refuse,ground_of_basis,consultation_exempt", "ground_of_basis,consultation_exempt"),
    ("REFUSAL_WITHOUT_REASON", B, "ground_of_inability ", "- "),
    ("REFUSAL_WITHOUT_REASON", B, "moves = [", row("B99 held requested acknowledge refused ground_to_refuse,consulted -")),
    ("REFUSAL_WITHOUT_CONSULTATION", A, "ground_to_postpone,consulted", "ground_to_postpone"),
    ("COERCION_UNAUTHORISED", B, "authorised,items_known", "items_known"),
    ("COERCION_UNAUTHORISED", A, "executing           authorised ", "executing           - "),
    ("RELEASE_FORBIDDEN", B, "[acts.order]\nlabels = { en = \"Order the preservation\" }\npersons = 2\nfields = [", "[acts.order]\nlabels = { en = \"Order the preservation\" }\npersons = 2\nfields = [\n  { name = \"data\", type = \"answer_item\", required = false, labels = { en = \"Data\" } },"),
    # ---- articles, reasons, instruments, releases
    ("ARTICLE_UNMARKED", P, "article_checked = false\n", ""),
    ("ARTICLE_UNMARKED", B, 'article = "42(8)"\narticle_checked = false', 'article = "42(8)"'),
    ("ARTICLE_UNMARKED", V, 'article = "7"\narticle_checked = false', 'article = "7"'),
    ("ARTICLE_UNMARKED", R, 'article = "36(1)"\narticle_checked = false', 'article = "36(1)"'),
    ("ARTICLE_MISSING", R, 'article = "36(1)"\narticle_checked = false\n', ""),
    ("REASON_USES", R, 'uses = ["postpone"]', 'uses = ["delay"]'),
    ("REASON_USES", R, 'uses = ["postpone"]', "uses = []"),
    ("REASON_CONSULT", R, 'consult = "choice"', 'consult = "perhaps"'),
    ("PROCEDURE_UNKNOWN", H, "\npreservation = ", "\npreservasion = "),
    ("PROCEDURE_UNKNOWN", H, "[parties.VN]", '[parties.VN]\ndeclared = { not_basis_for = ["surrender"] }'),
    ("INSTRUMENT_KIND", H, 'kind = "treaty"', 'kind = "promise"'),
    ("INSTRUMENT_KIND", C, 'kind = "reciprocity"', 'kind = "reciprocity"\ncovers.preservation = { article = "1", article_checked = false }'),
    ("INSTRUMENT_REACH", H, 'reach = "universal"', 'reach = "cosmic"'),
    ("INSTRUMENT_REACH", C, 'kind = "reciprocity"', 'kind = "reciprocity"\nreach = "universal"'),
    ("INSTRUMENT_PARTIES", W, "closed = true\n", ""),
    ("INSTRUMENT_PARTIES", W, "[parties.RU]", "[parties.KZ]\n\n[parties.RU]"),
    ("PARTY_UNKNOWN", H, "[parties.MU]", "[parties.MW-1]"),
    ("REASON_UNKNOWN", U, 'grounds_added = ["POLITICAL"]', 'grounds_added = ["POLITIC"]'),
    ("GROUND_UNFORESEEN", P, 'by_basis = ["POLITICAL"]\n', ""),
    ("REASON_UNKNOWN", P, 'by_basis = ["POLITICAL"]', 'by_basis = ["POLITIC"]'),
    ("REFUSAL_WITHOUT_BASIS", B, "ground_to_refuse,ground_of_basis,", "ground_to_refuse,"),
    ("STATEMENT_UNKNOWN", T, '"transnational"] }', '"transatlantic"] }'),
    ("STATEMENT_UNUSED", T, "[statements]", '[statements]\nspare = { en = "Spare." }'),
    ("FIELD_UNKNOWN", H, 'preservation = { article = "42"', 'preservation = { fields_needed = ["haste"], article = "42"'),
    ("CHANNEL_UNKNOWN", H, 'preservation = { article = "42"', 'preservation = { channels = ["pigeon"], article = "42"'),
    ("CHANNEL_UNKNOWN", H, "[parties.VN]", '[parties.VN]\ndeclared = { channels = ["pigeon"] }'),
    ("LANGUAGE_FORM", H, "[parties.VN]", '[parties.VN]\ndeclared = { languages = ["Vietnamese"] }'),
    ("LANGUAGE_FORM", H, 'preservation = { article = "42"', 'preservation = { languages = ["English"], article = "42"'),
    ("DATES_ORDER", W, "signed = 1998-08-25", "signed = 2018-08-25"),
    ("DATES_ORDER", W, "closed = true", "closed = true\nin_force = 2013-01-01"),
    ("SOURCE_MISSING", H, 'checked_on = "2026-11-23"', 'checked_on = "yesterday"'),
    ("SOURCE_MISSING", H, "[parties.VN]", '[parties.VN]\nchecked_on = "2026-02-30"'),
    ("PENDING_IN_FORCE", H, "signed = 2025-11-19", "signed = 2025-11-19\nin_force = 2027-01-01"),
    ("PENDING_IN_FORCE", H, "pending = true", "pending = true\nin_force = 2027-01-01"),
    # ---- parties and sentences
    ("PARTY_CODE", G, "SCO = ", "SC = "),
    ("PARTY_CODE", N, "VN = ", "VNM = "),
    ("PARTY_ORDER", N, "VN = ", "AA = "),
    ("PARTY_TWICE", G, "[organisations]", '[states]\nVN = { en = "V", fr = "V", es = "V", ar = "V", zh = "V", ru = "V", vi = "V" }\n\n[organisations]'),
    ("NAME_MISSING", N, ', vi = "Việt Nam"', ""),
    ("KEY_KIND", N, 'vi = "Việt Nam"', 'vi = ""'),
    ("KEY_UNKNOWN", N, "[states]", "[countries]"),
    ("MESSAGE_MISSING", M, "BASIS_PENDING = ", "BASIS_PENDIN = "),
    ("MESSAGE_GAPS", M, 'en = "It binds {party} from {day} on." }', 'en = "It binds {party} from {day} on.", vi = "{day}" }'),
    ("MESSAGE_GAPS", M, 'en = "It binds {party} from {day} on." }', 'en = "It binds {party} from {day} on.", vi = "{party} {day" }'),
    ("KEY_UNKNOWN", F, "procedures = [", "procedurs = ["),
    ("RELEASED_CHANGED", P, "min = 60, max = 180", "min = 30, max = 180"),
    ("RELEASED_MISSING", L, "[procedures]", '[procedures]\n"preservation.7" = "00"'),
    ("RELEASED_MISSING", L, "[procedures]", '[procedures]\n"preservation" = "00"'),
    # ---- files and keys
    ("KEY_UNKNOWN", P, "coercive = true", "coercive = true\ncoercvie = true"),
    ("KEY_MISSING", P, "coercive = true\n", ""),
    ("KEY_KIND", P, "coercive = true", 'coercive = "yes"'),
    ("FILE_NAME", P, "version = 1", "version = 2"),
    ("FILE_NAME", H, 'id = "hanoi"', 'id = "saigon"'),
    ("FILE_MISSING", P, 'flow = "preservation.1"', 'flow = "conservation.1"'),
    ("FILE_MISSING", P, 'vocabulary = "common.1"', 'vocabulary = "common.2"'),
    ("FILE_MISSING", P, '"preservation-extension.1"', '"preservation-extension.2"'),
    ("TOML_INVALID", P, "coercive = true", "coercive = perhaps"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "file", "old", "new"), FAULTS)
def test_a_planted_fault_is_found(code: str, file: str, old: str, new: str) -> None:
    assert code in {finding.code for finding in lint(planted(file, old, new))}


ATTIC = (
    '[stages.attic]\nlabels = { en = "Attic" }\nwaits_for = "requested"\nclocks = ["INFO"]\n\n[stages.oral]'
)


@pytest.mark.parametrize(
    ("code", "edits"),
    [
        # Withdrawal leads out of everywhere, so it goes first.
        ("STAGE_WITHOUT_EXIT", (('"A30 @open ', '"A30 received '), ('"A18 postponed ', '"A18 accepted '))),
        (
            "STAGE_CANNOT_FINISH",
            (
                ('"A30 @open ', '"A30 received '),
                ("moves = [", row("A99 postponed requested ask attic - -")),
                ("moves = [", row("A98 attic requested ask postponed - -")),
                ('"A18 postponed ', '"A18 accepted '),
                ("[stages.oral]", ATTIC),
            ),
        ),
        (
            "CLOCK_UNKNOWN",  # an effect counts by this clock, though no stage names it any more
            (('clocks = ["CONSULT"]', 'clocks = ["INFO"]'), ("[clocks.CONSULT]", "[clocks.TALK]")),
        ),
    ],
)
def test_a_fault_of_several_lines_is_found(code: str, edits: tuple[tuple[str, str], ...]) -> None:
    text = TEXTS[A]
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    assert code in {finding.code for finding in lint({**without_variants(), A: text})}


def without_variants() -> dict[str, str]:
    """The law without the flows that build on another, which a fault of the base would make unreadable."""
    variants = {path for path, text in TEXTS.items() if path.startswith("flows/") and "\nbase = " in text}
    flows = [f'flow = "{path.removeprefix("flows/").removesuffix(".toml")}"' for path in variants]
    return {
        path: text
        for path, text in TEXTS.items()
        if path not in variants and not any(flow in text for flow in flows)
    }


def test_the_shipped_law_has_no_fault() -> None:
    assert lint(TEXTS) == ()


def test_every_finding_is_raised_at_once_with_its_place() -> None:
    broken = planted(P, "coercive = true", 'coercive = "yes"\ncolour = "red"')
    with pytest.raises(LawFault) as caught:
        load(broken)
    assert [(item.code, item.where) for item in caught.value.findings] == [
        ("KEY_KIND", P),
        ("KEY_UNKNOWN", P),
    ]
    assert "KEY_UNKNOWN" in str(caught.value)


def test_a_misspelt_key_is_told_its_nearest_neighbour() -> None:
    found = lint(planted(P, "two_person_issue", "two_persons_issue"))
    assert ("KEY_UNKNOWN", "two_persons_issue, nearest: two_person_issue") in {
        (f.code, f.detail) for f in found
    }


@pytest.mark.parametrize("path", ["notes.toml", "procedures.toml", "treaties/x.1.toml", "flows/readme.md"])
def test_a_file_that_nobody_reads_is_a_fault(path: str) -> None:
    found = lint({**TEXTS, path: ""})
    assert "FILE_UNKNOWN" in {finding.code for finding in found}


@pytest.mark.parametrize("path", [R, L, F, M])
def test_the_single_files_must_be_there(path: str) -> None:
    found = lint({name: text for name, text in TEXTS.items() if name != path})
    assert [(finding.code, finding.where) for finding in found] == [("FILE_MISSING", path)]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (P, 'article = "42"', "article = 42"),
        (P, "version = 1", 'version = "1"'),
        (P, "version = 1", "version = 99999999999999999999"),
        (P, "coercive = true", "coercive = 1"),
        (P, 'from_roles = ["poc", "ca", "comp"]', 'from_roles = "poc"'),
        (P, 'from_roles = ["poc", "ca", "comp"]', "from_roles = [1]"),
        (P, "default = 60", "default = 60.5"),
        (B, "remind_hours = [336, 168, 48]", 'remind_hours = "two days"'),
        (H, "signed = 2025-10-25", 'signed = "2025-10-25"'),
        (H, "signed = 2025-10-25", "signed = 2025-10-25T00:00:00Z"),
        (S, "needed_when = { volatile = [true] }", "needed_when = { volatile = true }"),
        (P, 'labels = { en = "Days wished" }', "labels = { en = 7 }"),
        (P, 'labels = { en = "Days wished" }', 'labels = "Days wished"'),
        (P, "[refusal]\n", "[acts]\nopen = 1\n\n[refusal]\n"),
        (P, 'conditional = [{ code = "DUAL", check = "dual_reserved" }]', 'conditional = "DUAL"'),
        (P, 'conditional = [{ code = "DUAL", check = "dual_reserved" }]', 'conditional = ["DUAL"]'),
    ],
)
def test_a_value_of_the_wrong_kind_is_a_fault(file: str, old: str, new: str) -> None:
    assert "KEY_KIND" in {finding.code for finding in lint(planted(file, old, new))}
