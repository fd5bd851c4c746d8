"""The report: four tables, what was missed by name, and what the numbers allow to be said."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from diffcheck.judge.words import MEANINGS
from diffcheck.studies.power.defects import ABSENT, Answer
from diffcheck.studies.power.sensitivity import PEERS, Row
from diffcheck.studies.power.specificity import COMPILED, IN_JAX, Judged
from diffcheck.studies.power.subjects import WITHOUT
from diffcheck.studies.power.work import EVERY, FUNCTIONS, Findings

MINUTES: Final = 5
PACKAGES: Final = ("jax", "torch", "autograd", "numpy", "sympy", "python-flint")
EXPONENTS: Final = ((3, 6), (7, 10), (11, 15), (16, 20), (21, 25), (26, 30), (31, 35), (36, 40))
MOST_NAMED: Final = 30
INTRODUCTION: Final = """\
# How good is the checker?

Made by `diffcheck study power`{sample}, in about {minutes} minutes on two idle cores. The same
mutants, functions and points on every run.

- **Wrong rules**: of {changed} mutants that change the exact derivative by more than the rounding
  of their literals, diffcheck finds **{found}** in float64.{missed_bound}
- **Real defects**: of {defects} that were reported publicly and can be run here,
  **{defects_found}** are found, {defects_told} of them with a verdict of the right kind.
- **Right rules**: of {pairs} pairs of a random function and a hard point, **{accused}** are called
  wrong.{accused_bound}
- **The checker itself**: {compared} comparisons of its parts with one another and with other
  libraries, **{disagreements}** disagreements.

{versions}.
"""
SENSITIVITY: Final = """\
## 1. Wrong rules

Every rule of the engine's op table, changed in one way each: around it (its sign, a factor, what it
is given) or inside it (one place of its source). One in {every} of {all} mutants, in turns over the
rules; {stillborn} that raise are left out. What a mutant changes is decided by the two rules in
400-bit balls, by no verdict: {none} change nothing at the points (the operand is not used, say).
Everybody is asked about the same function at the same two points of moderate size: diffcheck about
Jv, or Jᵀw and a J of at most 64 entries; `torch.autograd.gradcheck`, `jax.test_util.check_grads`
(order 1) and autograd's `check_grads` (of all arguments, order 2) with their defaults, the engine's
values and derivatives called from a function of theirs. A peer counts where it passes the right
rule. Ops without a subject: {without}.
"""
DTYPE: Final = """\
A rule by way of a narrower format has the right exact derivative and the wrong digits: of {count}
such mutants diffcheck notes {found} in float64 ({words}); {peers}.
"""
TABLE_OF_DEFECTS: Final = (
    "Each by `diffcheck.check` at the point of its report, in its format and order. `native` is",
    "JAX as installed, or a formula of the report in its functions; `planted` the rule that the",
    "report describes; `sympy` the answer of SymPy today, as a rule. A `kink` tells a convention:",
    "the side on which the value is, or that it is outside of both.",
)
SPECIFICITY: Final = """\
{functions} functions drawn from a grammar of 25 functions of one argument, 5 of two and + − × ÷, to
depth 3, with two derivatives each; the engine has all of them, JAX one in {in_jax}, compiled one in
{compiled}. Nine points in either format, by rules that look at no derivative: moderate, nearly
equal arguments, tails to 2³⁰, tiny, subnormal, next to 0, ±½, ±1, 2 and π, any float, next to a
root of the function and of its slope. They are no cases that the judge was tuned on. A pair counts
where a derivative has a truth.
"""
FALSE_FAILURES: Final = """\
The peers at the same functions and points, shown the engine's gradient where all of its digits are
right (`exact`, `accurate` or `ill-conditioned`), with their defaults:
"""


def page(found: Findings, sample: int = 1) -> str:
    """Return the report on the findings."""
    rows = [row for seen in found.seen for row in seen.rows]
    parts = [
        _introduction(found, rows, sample),
        *_sensitivity(found, rows),
        *_defects(found.answers),
        *_specificity(found.judged, sample),
        *_proof(found),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _introduction(found: Findings, rows: Sequence[Row], sample: int) -> str:
    changed = [r for r in rows if r.effects["float64"] == "changed"]
    hits = [r for r in changed if r.finds("float64")]
    pairs = sum(j.pairs for j in found.judged)
    accused = len({text for j in found.judged for text in j.accusations})
    return INTRODUCTION.format(
        sample=f" with `--sample {sample}`" if sample > 1 else "",
        minutes=MINUTES,
        changed=f"{len(changed):,}", found="all" if len(hits) == len(changed) else f"{len(hits):,}",
        missed_bound=_bound(len(changed) - len(hits), len(changed), "of such mutants are missed"),
        defects=len(found.answers), defects_found=sum(a.found for a in found.answers),
        defects_told=sum(a.told for a in found.answers),
        pairs=f"{pairs:,}", accused=accused or "none",
        accused_bound=_bound(accused, pairs, "of such pairs are accused"),
        compared=f"{sum(a.compared for a in found.agreements):,}",
        disagreements=sum(len(a.disagreements) for a in found.agreements) or "no",
        versions=_versions(),
    )  # fmt: skip


def _bound(hits: int, count: int, what: str) -> str:
    """Return the upper bound on a share of which none was seen: the rule of three."""
    if hits or not count:
        return ""
    share = f"{3 / count:.2%}".replace("%", " %")
    return f"\n  None of {count:,}: at 95 % confidence at most {share} {what}."


def _sensitivity(found: Findings, rows: Sequence[Row]) -> list[str]:
    counts = Counter(r.effects["float64"] for r in rows)
    exact = [r for r in rows if r.operator != "dtype"]
    changed = [r for r in exact if r.effects["float64"] == "changed"]
    narrow = [r for r in exact if r.effects["float32"] == "changed"]
    head = SENSITIVITY.format(
        every=EVERY, all=f"{len(rows) * EVERY:,}", none=f"{counts['none']:,}",
        stillborn=sum(s.stillborn for s in found.seen),
        without="; ".join(f"`{op}` ({reason})" for op, reason in WITHOUT.items()),
    )  # fmt: skip
    operators = list(dict.fromkeys(r.operator for r in changed))
    lines = [head, *_found_table("changed", operators, changed, lambda r: r.operator), ""]
    names = [f"2^-{a} … 2^-{b}" for a, b in EXPONENTS]
    factors = [r for r in changed if r.exponent is not None]
    lines += [
        "The factors by their distance from 1:",
        "",
        *_found_table("factor − 1", names, factors, _band),
        "",
        f"In float32 diffcheck finds {_of(_by_diffcheck(narrow, 'float32'))} of those that change",
        "the exact derivative by more than literals of that format may; a factor closer to 1 than",
        "2^-23 is 1 there.",
        "",
        *_dtype_lines(rows),
        *_missed(changed, "float64"),
        *_missed(narrow, "float32"),
    ]
    silent = Counter(p for s in found.seen for p in s.silent)
    if silent:
        told = ", ".join(f"{p} {n}" for p, n in silent.items())
        lines += [f"Rules of which a peer fails the right one as well, at both points: {told}.", ""]
    return lines


def _found_table(
    title: str, names: Iterable[str], rows: Sequence[Row], key: Callable[[Row], str]
) -> list[str]:
    lines = [
        f"| {title} | mutants | diffcheck | {' | '.join(PEERS)} |",
        f"| --- | ---: | ---: | {' | '.join('---:' for _ in PEERS)} |",
    ]
    groups = [(name, [r for r in rows if key(r) == name]) for name in names]
    for name, group in [*groups, ("**all**", list(rows))]:
        if group:
            peers = " | ".join(_share([r.peers[p] for r in group if p in r.peers]) for p in PEERS)
            own = _share(_by_diffcheck(group, "float64"))
            lines.append(f"| {name} | {len(group)} | {own} | {peers} |")
    return lines


def _by_diffcheck(rows: Iterable[Row], dtype: str) -> list[bool]:
    return [r.finds(dtype) for r in rows]


def _share(found: Sequence[bool]) -> str:
    if not found:
        return ""
    share = sum(found) / len(found)
    return "100 %" if all(found) else f"{min(share, 0.999):.1%}".replace("%", " %")


def _of(found: Sequence[bool]) -> str:
    return f"{sum(found):,} of {len(found):,}"


def _band(row: Row) -> str:
    assert row.exponent is not None
    a, b = next((a, b) for a, b in EXPONENTS if a <= row.exponent <= b)
    return f"2^-{a} … 2^-{b}"


def _dtype_lines(rows: Sequence[Row]) -> list[str]:
    narrowed = [r for r in rows if r.operator == "dtype"]
    words = Counter(r.verdicts["float64"] for r in narrowed if r.verdicts["float64"])
    peers = (f"{p} {_of([r.peers[p] for r in narrowed if p in r.peers])}" for p in PEERS)
    text = DTYPE.format(
        count=len(narrowed), found=sum(words.values()), peers=", ".join(peers),
        words=", ".join(f"{n} `{w}`" for w, n in words.items()) or "none",
    )  # fmt: skip
    return [text]


def _missed(rows: Sequence[Row], dtype: str) -> list[str]:
    missed = [r.name for r in rows if not r.finds(dtype)]
    if not missed:
        return []
    lines = [f"Missed in {dtype}:", "", *(f"- {name}" for name in missed[:MOST_NAMED])]
    if len(missed) > MOST_NAMED:
        lines.append(f"- … and {len(missed) - MOST_NAMED} more")
    return [*lines, ""]


def _defects(answers: Sequence[Answer]) -> list[str]:
    lines = [
        "## 2. Real defects",
        "",
        *TABLE_OF_DEFECTS,
        "",
        "| report | defect | how | verdict | because |",
        "| --- | --- | --- | --- | --- |",
    ]
    for answer in answers:
        d = answer.defect
        mark = (
            "" if answer.told else " (found, the kind left open)" if answer.found else " (missed)"
        )
        link = f"[{d.source}](https://github.com/{d.source.replace('#', '/issues/')})"
        lines.append(
            f"| {link} | {_cell(d.what)} | {d.how} | {', '.join(answer.verdicts)}{mark} "
            f"| {_cell(answer.detail)} |"
        )
    absent = "; ".join(f"{why} ({len(rows)})" for why, rows in ABSENT.items())
    return [*lines, "", f"Not run: {absent}.", ""]


def _cell(text: str) -> str:
    short = text if len(text) <= 110 else text[:107] + "…"
    return short.replace("|", "\\|")


def _specificity(judged: Sequence[Judged], sample: int) -> list[str]:
    verdicts: Counter[tuple[str, str]] = sum((j.verdicts for j in judged), Counter())
    witnesses = list(dict.fromkeys(who for who, _ in verdicts))
    words = [w for w in map(str, MEANINGS) if any((who, w) in verdicts for who in witnesses)]
    lines = [
        "## 3. Right rules at hard points",
        "",
        *_unfinished(len(judged), sample),
        SPECIFICITY.format(functions=len(judged), in_jax=IN_JAX, compiled=COMPILED),
        f"| witness | {' | '.join(words)} |",
        f"| --- | {' | '.join('---:' for _ in words)} |",
        *(f"| {who} | {' | '.join(f'{verdicts[who, w]:,}' for w in words)} |" for who in witnesses),
        "",
    ]
    accusations = [text for j in judged for text in j.accusations]
    if accusations:
        lines += ["Called wrong:", "", *(f"- {text}" for text in accusations[:MOST_NAMED]), ""]
    right = Counter(reason for j in judged for reason in j.confirmed)
    for reason, count in right.items():
        lines += [f"Called wrong, and rightly ({count} measurements): {reason}.", ""]
    lines += [
        FALSE_FAILURES,
        "| peer | right derivatives | failed | share |",
        "| --- | ---: | ---: | ---: |",
    ]
    for peer in PEERS:
        asked = sum(j.peers[peer][0] for j in judged)
        failed = sum(j.peers[peer][1] for j in judged)
        lines.append(f"| {peer} | {asked:,} | {failed:,} | {failed / max(asked, 1):.1%} |")
    pairs = sum(j.pairs for j in judged)
    wrong = len(accusations)
    lines.append(f"| diffcheck | {pairs:,} pairs | {wrong} | {wrong / max(pairs, 1):.1%} |")
    return [*lines, ""]


def _unfinished(count: int, sample: int) -> list[str]:
    """Return a warning where a run was cut off."""
    wanted = len(range(0, FUNCTIONS, sample))
    return [] if count == wanted else [f"**Cut off after {count} of {wanted} functions.**", ""]


def _proof(found: Findings) -> list[str]:
    lines = [
        "## 4. The checker's own proof",
        "",
        "| two ways to one number | compared | disagree |",
        "| --- | ---: | ---: |",
        *(f"| {a.what} | {a.compared:,} | {len(a.disagreements)} |" for a in found.agreements),
        "",
    ]
    texts = [text for a in found.agreements for text in a.disagreements]
    return [*lines, *(f"- {text}" for text in texts[:MOST_NAMED])]


def _versions() -> str:
    found = ", ".join(map(_named, PACKAGES))
    return f"Python {platform.python_version()} on {platform.machine()}: {found}"


def _named(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} not installed"
