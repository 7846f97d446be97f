"""The law decided the plain way: every completion is written out, every rule is read, in the words of
docs/language.md, section 3. It shares nothing with the program, not even the reading of the text; it is slow and
knows what the conformance suite needs. It leaves out what is owed, waits, and which needs stand.

usage: plain.py < QUESTION (JSON: rulebook, world, transfer, on, law_of, known_on, instruments) > ANSWER (JSON)
"""
import itertools
import json
import re
import sys
from fractions import Fraction

ORDER = ["not_engaged", "permitted", "permitted_with_provisos", "authorisation_required", "prohibited"]
NE, P, PP, AR, X = range(5)
STATES = ["none", "pending", "granted", "refused", "suspended", "lapsed"]
FAR = "9999-12-31"
TOKEN = re.compile(r'\s*(?:#[^\n]*\n\s*)*("[^"]*"|\d{4}-\d\d-\d\d|[\d_]+(?:\.\d+)?%?|[A-Za-z_][A-Za-z0-9_.]*|[(),:])')


# --- text to declarations ---
class Text:
    def __init__(self, text):
        self.t, self.i = TOKEN.findall(text), 0

    def peek(self, k=0):
        return self.t[self.i + k] if self.i + k < len(self.t) else ""

    def take(self):
        self.i += 1
        return self.t[self.i - 1]

    def accept(self, *words):
        if all(self.peek(k) == w for k, w in enumerate(words)):
            self.i += len(words)
            return True
        return False

    def text(self):
        out = self.take()[1:-1]
        while self.peek().startswith('"'):
            out += self.take()[1:-1]
        return out

    def list(self, one):
        out = [one()]
        while self.accept(","):
            out.append(one())
        return out


def number(word):
    word = word.replace("_", "").rstrip("%")
    return float(word.rstrip("…")) + (0.00005 if word.endswith("…") else 0)


class Book:
    HEADS = {"authority", "fact", "constraint", "define", "threshold", "list", "regime", "route", "rule", "proviso"}

    def __init__(self, text):
        self.authorities, self.facts, self.constraints, self.defines = {}, {}, [], {}
        self.thresholds, self.lists, self.regimes, self.provisos, self.hidden = {}, {}, [], {}, []
        self.compared, self.texts = set(), []
        t = self.t = Text(text)
        while t.peek():
            getattr(self, "read_" + t.take())()

    def hide(self):
        self.hidden.append(self.t.text())
        return len(self.hidden) - 1

    def bound(self):
        t = self.t
        if t.accept("between"):
            a = t.take()
            t.accept("and")
            return a, t.take()
        d = t.take()
        return d, d

    def spans(self):
        t = self.t

        def span():
            if t.accept("always"):
                return ("", ""), (FAR, FAR)
            start = self.bound()
            return (start, (FAR, FAR)) if t.accept("on") else (start, (t.accept("to"), self.bound())[1])
        return t.list(span)

    def parties(self):
        """Those that the law names: of a fact, of a member of a set, on a list."""
        named = {v for f, v in self.texts if self.facts.get(f, {"kind": "party"})["kind"] == "party"}
        return named | {m["value"] for book in self.lists.values() if book["kind"] == "party" for m in book["members"]}

    def read_authority(self):
        t = self.t
        name = t.take()
        t.accept("of")
        self.authorities[name] = t.take()
        t.text()

    def type(self):
        t = self.t
        kind, choices = t.take(), []
        if kind == "set":
            t.accept("of")
            inner, choices, _ = self.type()
            return inner, choices, True
        if kind == "yes":
            t.accept("or", "no")
        if kind == "one":
            t.accept("of")
            choices = t.list(t.take)
        if kind == "code" and t.accept("of"):
            choices = t.list(lambda: t.take()[1:-1])
        if kind == "number":
            t.accept("in")
            t.take()
        return kind, choices, False

    def read_fact(self):
        t = self.t
        name, judged = t.take(), None
        if t.accept("of"):
            t.list(t.take)
        t.accept("is")
        kind, choices, is_set = self.type()
        while t.peek() in ("asks", "judged", "changed", "source", "cite"):
            word = t.take()
            if word in ("judged", "changed"):
                t.accept("by")
                judged = t.take() if word == "judged" else (t.take(), judged)[1]
            else:
                t.text()
        self.facts[name] = {"kind": kind, "choices": choices, "set": is_set, "judged": judged}

    def read_constraint(self):
        self.t.take(), self.t.text(), self.t.accept("always")
        self.constraints.append(self.expression())

    def read_define(self):
        name = self.t.take()
        self.t.text(), self.t.accept("means")
        self.defines[name] = self.expression()

    def read_threshold(self):
        t = self.t
        name = t.take()
        t.text(), t.accept("is"), self.type()
        self.thresholds[name] = []
        while t.accept("value"):
            v = self.value()
            t.accept("in", "force")
            self.thresholds[name].append((v, self.spans()))

    def read_list(self):
        t = self.t
        name = t.take()
        t.accept("of")
        kind = self.type()[0]
        t.text()
        book = self.lists[name] = {"kind": kind, "members": [], "complete": None}
        while True:
            if t.accept("kept", "by"):
                t.take()
            elif t.accept("complete", "to"):
                book["complete"] = t.take()
            elif t.accept("member"):
                book["members"].append({"value": self.value(), "spans": [(("", ""), (FAR, FAR))], "hidden": None})
            elif t.accept("in", "force"):
                book["members"][-1]["spans"] = self.spans()
            elif t.accept("unsettled"):
                book["members"][-1]["hidden"] = self.hide()
            else:
                return

    def read_regime(self):
        t = self.t
        name = t.take()
        t.text()
        r = {"name": name, "spans": [(("", ""), (FAR, FAR))], "governs": None, "otherwise": X, "lift": None, "hidden": None, "rules": [], "provisos": [], "instruments": "latest"}
        while True:
            if t.accept("authority"):
                r["authority"] = t.take()
            elif t.accept("force"):
                t.take()
            elif t.accept("in", "force"):
                r["spans"] = self.spans()
            elif t.peek() in ("cite", "source"):
                t.take(), t.text()
            elif t.accept("unsettled"):
                r["hidden"] = self.hide()
            elif t.accept("governs", "when"):
                r["governs"] = self.expression()
            elif t.accept("otherwise"):
                r["otherwise"] = X if t.take() == "prohibited" else P
                r["lift"] = self.need() if t.accept("liftable", "by") else None
            elif t.accept("unlinked", "opposites"):
                t.accept("error") or t.accept("strictest", "prevails")
            elif t.accept("instruments"):
                r["instruments"] = t.take()
                t.accept("prevails")
            elif not t.accept("no", "gaps"):
                break
        self.regimes.append(r)

    def need(self):
        t = self.t
        t.take()
        name = t.take()
        t.accept("from")
        return name, t.take()

    def read_route(self):
        self.rule(False)

    def read_rule(self):
        self.rule(False)

    def read_proviso(self):
        self.rule(True)

    def rule(self, proviso):
        t = self.t
        r = {"name": t.take(), "group": None, "spans": [(("", ""), (FAR, FAR))], "when": None, "permits": False, "prohibits": False, "lift": None,
             "needs": [], "binds": [], "over": [], "under": [], "hidden": None, "lapses": None, "params": [], "dated": False}
        if t.accept("in", "group"):
            r["group"] = t.take()
        if proviso and t.accept("("):
            r["params"] = t.list(t.take)
            t.accept(")")
        self.params = r["params"]
        while True:
            if t.accept("in", "force"):
                r["spans"], r["dated"] = self.spans(), True
            elif t.peek() in ("cite", "source", "text", "translation"):
                t.take(), t.text()
            elif t.peek() in ("force", "addressee"):
                t.take(), t.take()
            elif t.accept("unsettled"):
                r["hidden"] = self.hide()
            elif t.accept("permits"):
                r["permits"] = True
            elif t.accept("prohibits"):
                r["prohibits"] = True
            elif t.accept("when"):
                r["when"] = self.expression()
                r["lift"] = self.need() if t.accept("liftable", "by") else None
            elif t.accept("liftable", "by"):
                r["lift"] = self.need()
            elif t.accept("needs"):
                name, authority = self.need()
                if t.accept("posture"):
                    t.take()
                r["needs"].append((name, authority, t.list(t.take) if t.accept("implies") else []))
            elif t.accept("binds"):
                r["binds"].append(t.take())
                if t.accept("("):
                    while not t.accept(")"):
                        t.take()
            elif t.peek() in ("notwithstanding", "subject"):
                side = "over" if t.take() == "notwithstanding" else "under"
                t.accept("to")
                targets = t.list(self.target)
                spans = [(("", ""), (FAR, FAR))]
                if r["dated"] and t.accept("in", "force"):  # dates of the rule stand before dates of a link
                    spans = self.spans()
                r[side] += [(*target, spans) for target in targets]
            elif t.accept("lapses"):
                r["lapses"] = self.expression() if t.accept("when") else t.take() and None
            else:
                break
        self.params = []
        regime = self.regimes[-1]
        if proviso:
            self.provisos.setdefault(regime["name"] + "." + r["name"], []).append(r)
            regime["provisos"].append(r)
        else:
            regime["rules"].append(r)

    def target(self):
        t = self.t
        if t.accept("group"):
            return "group", None, t.take()
        if t.peek() in ("permission", "prohibition") and t.peek(1) == "of":
            return t.take(), None, (t.take(), t.take())[1]
        if t.peek() in ("need", "proviso", "obligation") and t.peek(2) == "of":
            return t.take(), t.take(), (t.take(), t.take())[1]
        return "whole", None, t.take()

    # --- expressions: functions of a completion ---
    def expression(self):
        t = self.t
        parts = [self.term()]
        word = t.peek()
        if word == "implies":
            t.take()
            b = self.term()
            return lambda c, a=parts[0]: not a(c) or b(c)
        if word in ("and", "or"):
            while t.accept(word):
                parts.append(self.term())
            return (lambda c: all(p(c) for p in parts)) if word == "and" else (lambda c: any(p(c) for p in parts))
        return parts[0]

    def bracketed(self):
        self.t.accept("(")
        e = self.expression()
        self.t.accept(")")
        return e

    def term(self):
        t = self.t
        if t.accept("not"):
            e = self.term()
            return lambda c: not e(c)
        if t.peek() == "(":
            return self.bracketed()
        if t.accept("either"):
            a, _, b, _ = self.bracketed(), t.accept("or"), self.bracketed(), t.accept("unsettled")
            h = self.hide()
            return lambda c: a(c) if c.hidden[h] else b(c)
        if t.peek() in ("some", "every") and t.peek(2) == "in":
            every, x, _, s, _ = t.take() == "every", t.take(), t.take(), t.take(), t.take()
            body = self.bracketed()
            one = lambda c, v: body(c.with_element(x, v))
            return lambda c: (all if every else any)(one(c, v) for v in c[s])
        return self.literal()

    def value(self):
        t = self.t
        w = t.take()
        if w[0] == '"':
            return w[1:-1]
        if re.match(r"\d{4}-", w):
            return w
        if w[0].isdigit():
            return (number(w), t.take()) if re.fullmatch(r"[A-Z]{3}", t.peek()) else number(w)
        return w

    def literal(self):
        t = self.t
        f = t.take()
        if not t.accept("is"):
            return self.defines[f] if f in self.defines else lambda c: c[f] == "yes"
        negated = t.accept("not")
        e = self.compared_with(f)
        return (lambda c: not e(c)) if negated else e

    def compared_with(self, f):
        t = self.t
        if t.accept("empty"):
            return lambda c: not c[f]
        if t.accept("in"):
            name = t.take()
            if name in self.lists:
                return lambda c: c.on_list(name, c[f])
            self.compared.update([f, name])
            return lambda c: c[f] in c[name]
        if t.accept("within"):
            name = t.take()
            self.compared.update([f, name])
            return lambda c: c.within(c[f], c[name])
        if t.accept("under"):
            root = t.take()[1:-1]
            return lambda c: c[f] == root or c[f].startswith(root + ".")
        if t.accept("one", "of"):
            values = t.list(self.value)
            self.texts += [(f, v) for v in values]
            return lambda c: c[f] in values
        for words, holds in ((("at", "least"), lambda a, b: a >= b), (("at", "most"), lambda a, b: a <= b), (("more", "than"), lambda a, b: a > b),
                             (("less", "than"), lambda a, b: a < b), (("before",), lambda a, b: a < b), (("after",), lambda a, b: a > b),
                             (("on", "or", "after"), lambda a, b: a >= b), (("on", "or", "before"), lambda a, b: a <= b)):
            if t.accept(*words):
                value = self.value()
                return lambda c: c.compare(c[f], value, holds)
        quoted, value = t.peek()[0] == '"', self.value()
        self.texts += [(f, value)] if quoted else []
        if not quoted and isinstance(value, str) and (value in self.facts or value not in self.facts and "." in value):
            self.compared.update([f, value])
            return lambda c: c[f] == c[value]
        return lambda c: c[f] == c[value] if value in c.elements else c[f] == value


# --- completions ---
def window(spans, day):
    """yes, no, or unsettled"""
    best = "no"
    for (a, b), (c, d) in spans:
        if b <= day <= c:
            return "yes"
        if a <= day <= d:
            best = "unsettled"
    return best


class Completion:
    def __init__(self, q, facts, hidden, extra, elements=None):
        self.q, self.facts, self.hidden, self.extra, self.elements = q, facts, hidden, extra, elements or {}

    def __getitem__(self, name):
        self.q.read.add(name)
        return self.elements[name] if name in self.elements else self.facts[name]

    def with_element(self, name, value):
        return Completion(self.q, self.facts, self.hidden, self.extra, {**self.elements, name: value})

    def there(self, spans, hidden, day=None):
        w = window(spans, day or self.q.law_of)
        dated = any(a != b for span in spans for a, b in span)
        return w != "no" and (hidden is None or dated and w == "yes" or self.hidden[hidden])

    def on_list(self, name, value):
        book = self.q.book.lists[name]
        for m in book["members"]:
            if m["value"] == value and window(m["spans"], self.q.law_of) != "no":
                return self.there(m["spans"], m["hidden"])
        late = book["complete"] and book["complete"] < self.q.law_of
        return bool(late) and self.chance(("joined", name, value))

    def compare(self, a, b, holds):
        name = b
        if isinstance(b, str) and b in self.q.book.thresholds:
            b = next((v for v, spans in self.q.book.thresholds[b] if window(spans, self.q.law_of) == "yes"), None)
        if b is None:
            less, more = (self.chance((name, str(a), "against no value", way)) for way in ("less", "more"))
            return holds(more - less, 0)  # neither, or both: equal
        if isinstance(a, tuple) and a[1] != b[1] and min(a[0], b[0]) > 0:
            return holds(self.rate_against(a, b), 0)
        return holds(a, b)

    def rate_against(self, a, b):
        """-1, 0, 1: the rate between two currencies is under b / a, just that, or over it. One rate for all."""
        if a[1] > b[1]:  # the same rate, from the other side
            return -self.rate_against(b, a)
        bounds = self.q.rates.setdefault((a[1], b[1]), set())
        bound = Fraction(b[0]) / Fraction(a[0])
        bounds |= {(bound, "at"), (bound, "over")}
        at, over = (any([self.chance(("rate", a[1], b[1], higher)) for higher in sorted(bounds) if higher >= cut])
                    for cut in ((bound, "at"), (bound, "over")))
        return 1 if over else 0 if at else -1

    def chance(self, what):
        """Something that no fact settles: read both ways, the same way everywhere."""
        if what not in self.extra:
            self.q.chances.add(what)
            return False
        return self.extra[what]

    def within(self, party, whole):
        while party is not None:
            if party == whole:
                return True
            party = self.q.world.get("parties", {}).get(party, {}).get("part_of")
        return False


class Question:
    def __init__(self, q):
        self.q, self.book, self.world = q, Book(q["rulebook"]), q.get("world") or {}
        self.on = q["on"]
        self.law_of, self.known_on = q.get("law_of", self.on), q.get("known_on", FAR)
        self.hide, self.has_world = q.get("instruments") == "hidden", q.get("world") is not None
        self.chances, self.read, self.rates = set(), set(), {}
        self.acts = [a for a in map(self.acting, self.world.get("instruments", [])) if a]

    def acting(self, i):
        policy = not i.get("answers") and i.get("finds")
        day, valid, state = self.law_of if policy else self.on, i.get("valid", {}), i.get("state", "granted")
        if i["issued"] > day or i.get("recorded", i["issued"]) > self.known_on or day < valid.get("from", ""):
            return None
        if day > valid.get("to", FAR):
            if state in ("suspended", "pending"):
                return None
            state = "lapsed" if state == "granted" else state
        if self.hide and not policy:
            return None
        return {**i, "state": state}

    def unassessed(self):
        """States with a say of which no regime is in force."""
        facts = self.q["transfer"].get("facts", {})
        say = {facts[f] for f in ("departure", "exporter.country") if isinstance(facts.get(f), str)}
        return say - {self.book.authorities[r["authority"]] for r in self.book.regimes if window(r["spans"], self.law_of) != "no"}

    # --- what may be true of a fact ---
    def values_of(self, text):
        """What the rulebook and the files name: the values that anyone could tell apart."""
        return set(re.findall(r"\b[A-Z]{2}\b", text))

    def domain(self, name):
        f = self.book.facts[name]
        law, files = self.q["rulebook"], json.dumps([self.q.get("world"), self.q["transfer"]])
        room = 1 + len(self.book.compared)
        unlike = range(room if name in self.book.compared else 1)  # values beside each that is named
        if f["kind"] == "yes":
            return ["yes", "no"]
        if f["kind"] == "one":
            return f["choices"]
        if f["kind"] == "country":
            return sorted(self.values_of(law) | self.values_of(files)) + [f"Z{i}" for i in range(room)]
        if f["kind"] == "party":
            return sorted({*self.world.get("parties", {}), *self.book.parties()}) + [f"another {i}" for i in range(room)]
        if f["kind"] == "code":
            named = set(re.findall(r'"(\d+(?:\.\d+)*)"', law + files)) | set(f["choices"])
            all_codes = named | {f"{c}.{99 - i}" for c in named for i in unlike}
            return [c for c in sorted(all_codes) if any(c == r or c.startswith(r + ".") for r in f["choices"])]
        if f["kind"] == "date":
            days = sorted(set(re.findall(r"\d{4}-\d\d-\d\d", law + files)))
            return [f"0001-01-{1 + i:02}" for i in unlike] + [d + s for d in days or ["2000-01-01"] for s in ("", *(f" later {i}" for i in unlike))]
        numbers = sorted({float(n.replace("_", "")) for n in re.findall(r"\b\d[\d_]*(?:\.\d+)?\b(?!-)", re.sub(r"\d{4}-\d\d-\d\d", "", law + files))})
        around = sorted({n + d * 0.0001 for n in numbers for i in unlike for d in (-1 - i, 0, 1 + i)})
        if f["kind"] != "money":
            return around
        return [(n, c) for n in around for c in sorted(set(re.findall(r"\b[A-Z]{3}\b", law)) or {"USD"})]

    def one(self, name, word):
        kind = self.book.facts[name]["kind"]
        if kind in ("share", "number"):
            return number(word.split()[0])
        if kind == "money":
            return number(word.split()[0]), word.split()[1]
        return word

    def possible(self, name, known):
        f = self.book.facts[name]
        if isinstance(known, dict) and "value" in known:
            known = known["value"]
        if f["set"]:
            members = known if isinstance(known, list) else (known or {}).get("known", [])
            if isinstance(known, list):
                return [tuple(members)]
            rest = [v for v in self.domain(name) if v not in members]
            return [tuple(members) + more for k in range(len(rest) + 1) for more in itertools.combinations(rest, k)]
        if known is None or known == "unknown":
            return self.domain(name)
        if isinstance(known, str):
            return [self.one(name, known)]
        if "one_of" in known:
            return [self.one(name, v) for v in known["one_of"]]
        if "claims" in known:
            return [self.one(name, c["value"]) for c in known["claims"]]
        if "under" in known:
            return sorted({known["under"], known["under"] + ".99"} | {v for v in self.domain(name) if v.startswith(known["under"] + ".")})
        a, b = (self.one(name, str(v)) for v in known["between"])
        return sorted({a, b} | {v for v in self.domain(name) if a <= v <= b})

    # --- one line ---
    def known_of(self, line):
        t = self.q["transfer"]
        lot = self.world.get("lots", {}).get(line.get("lot"), {})
        item = self.world.get("items", {}).get(line.get("item", lot.get("item")), {})
        known = {}
        for source in (line.get("facts"), t.get("facts"), lot.get("facts"), item.get("facts")):
            for name, value in (source or {}).items():
                known.setdefault(name, value)
        for role in ("consignee", "end_user", "exporter"):
            if role in t and role in self.book.facts:
                known.setdefault(role, t[role])
        return known, lot

    def carried(self, lot):
        """For each proviso: lies on the lot (with what it names), surely not, or perhaps."""
        lies, perhaps = [], []
        attested = {a["jurisdiction"] for a in lot.get("attestations", [])}
        for name in self.book.provisos:
            regime = next(r for r in self.book.regimes if name.startswith(r["name"] + "."))
            on = [p for p in lot.get("provisos", []) if p["proviso"] == name]
            state = self.book.authorities[regime["authority"]]
            lies += [(name, p.get("with", {}), p["bound_on"]) for p in on]
            if not on and state not in attested:
                perhaps.append((name, {}, self.law_of))
        return lies, perhaps

    def said(self, what, authority, c, judged, prevails="latest"):
        """States that a need or judged fact may have in a completion."""
        def covers(a):
            return all(c[f] in v if isinstance(v, list) else c[f] == v or self.book.facts[f]["kind"] == "party" and c.within(c[f], v)
                       for f, v in a.get("scope", {}).items())
        tier = {"granted": 0, "refused": 0, "suspended": 0, "revoked": 0, "pending": 1, "lapsed": 2}
        speaks = [a for a in self.acts if a["authority"] == authority and (what in a.get("finds", {}) and a["state"] in ("granted", "revoked") if judged else what in a.get("answers", []))]
        speaks = [a for a in speaks if covers(a)]
        if speaks:
            first = min(tier[a["state"]] for a in speaks)
            heard = [a for a in speaks if tier[a["state"]] == first]
            orders = {"strictest": [["refused"], ["suspended"]], "granted": [["granted", "revoked"]], "latest": []}
            for states in orders[prevails]:
                before_others = [a for a in heard if a["state"] in states]
                if before_others:
                    heard = before_others
                    break
            latest = max(a["issued"] for a in heard)
            deciding = [a for a in heard if a["issued"] == latest]
            adds = any(a.get("provisos") for a in deciding if a["state"] == "granted")
            withdrawn = "none" if judged else "lapsed"
            return {(withdrawn if a["state"] == "revoked" else a["finds"][what] if judged else a["state"], a["state"] == "granted" and adds) for a in deciding}
        complete = not self.has_world or self.hide or any(r["authority"] == authority and r["complete_to"] >= self.on for r in self.world.get("records", []))
        return {("none", False)} if complete else {(s, False) for s in (["yes", "no", "none"] if judged else STATES)}

    def completions(self, names, known):
        """Every choice of values that the constraints allow; judged facts are left to the caller."""
        names = [n for n in names if not self.book.facts[n]["judged"]]
        for values in itertools.product(*(self.possible(n, known.get(n)) for n in names)):
            yield dict(zip(names, values))

    def line(self, line):
        known, lot = self.known_of(line)
        lies, perhaps = self.carried(lot)
        regimes = [r for r in self.book.regimes]
        result, joint = {}, None
        for group in [[r] for r in regimes] + [regimes]:
            if len(group) > 1 and not self.q.get("jointly"):
                continue
            found, status = self.decide(group, known, lies, perhaps)
            if len(group) == 1:
                result[group[0]["name"]] = (found, status)
            if group == regimes:
                joint = found
        return result, joint

    def reads(self, group):
        """The facts that the text of these regimes, of the constraints and of the scopes names."""
        texts = re.split(r"(?m)^(?=regime )", self.q["rulebook"])
        wanted = [x for x in texts if any(x.startswith(f"regime {r['name']} ") for r in group)]
        head = texts[0]
        heads = " ".join(re.findall(r"(?ms)^(?:constraint|define).*?(?=^\S|\Z)", head))
        words = set(re.findall(r"[a-z][a-z0-9_.]*", " ".join(wanted) + " " + heads))
        words |= {f for a in self.acts for f in a.get("scope", {})}
        if any(r["provisos"] for r in group):
            words.add("departure")
        return [f for f in self.book.facts if f in words]

    def decide(self, group, known, lies, perhaps):
        names = self.reads(group)
        judged = [n for n in names if self.book.facts[n]["judged"]]
        found, seen = set(), {}
        for facts in self.completions(names, known):
            for hidden in itertools.product([False, True], repeat=len(self.book.hidden)):
                for k in range(len(perhaps) + 1):
                    for more in itertools.combinations(perhaps, k):
                        self.with_chances(group, facts, hidden, judged, lies + list(more), {}, found, seen)
        return found, seen

    def with_chances(self, group, facts, hidden, judged, carried, extra, found, seen):
        """Chances are met while reading: each is then read both ways."""
        self.chances = set()
        out = self.complete(group, Completion(self, facts, hidden, extra), judged, carried)
        for what in sorted(self.chances, key=str):
            for value in (False, True):
                self.with_chances(group, facts, hidden, judged, carried, {**extra, what: value}, found, seen)
            return
        for finding, statuses in out:
            found.add(finding)
            for rule, s in statuses.items():
                seen.setdefault(rule, set()).update(s)

    def complete(self, group, c, judged, carried):
        """Findings of one completion, one for each thing that authorities may have said."""
        said = [self.said(n, self.book.facts[n]["judged"], c, True) for n in judged]
        out = []
        for values in itertools.product(*said):
            silent = [n for n, (v, _) in zip(judged, values) if v == "none"]
            readings = []
            for read in itertools.product(["no", "yes"], repeat=len(silent)):
                facts = {**c.facts, **{n: v for n, (v, _) in zip(judged, values) if v != "none"}, **dict(zip(silent, read))}
                readings.append(Completion(self, facts, c.hidden, c.extra))
            allowed = [r for r in readings if all(k(r) for k in self.book.constraints)]
            if not allowed:
                continue
            needs = sorted({(n, a, g["instruments"]) for g in group for r in g["rules"] + g["provisos"] for n, a, *_ in r["needs"] + ([r["lift"]] if r["lift"] else [])}
                           | {(*g["lift"], g["instruments"]) for g in group if g["lift"]})
            for states in itertools.product(*(sorted(self.said(n, a, allowed[0], False, how)) for n, a, how in needs)):
                state = {n: s for (n, *_), s in zip(needs, states)}
                strictest, statuses = NE, {}
                for g in group:
                    each = [self.regime(g, r, state, carried) for r in readings]
                    high = max(f for f, _ in each)
                    low = min(f for r, (f, _) in zip(readings, each) if r in allowed)  # what cannot be found makes nothing better
                    strictest = max(strictest, low if low == high else max(low, AR))
                    for _, s in each:
                        for rule, v in s.items():
                            statuses.setdefault(rule, set()).add(v)
                out.append((strictest, statuses))
        return out

    # --- one regime in one completion, every judged fact read ---
    def regime(self, g, c, state, carried):
        home = "departure" in c.facts and c["departure"] == self.book.authorities[g["authority"]]
        in_force = c.there(g["spans"], g["hidden"])
        main = in_force and (g["governs"] is None or g["governs"](c))
        bound = []
        for name, with_, day in carried:
            if not name.startswith(g["name"] + "."):
                continue
            for text in self.book.provisos[name]:
                holder = Completion(self, c.facts, c.hidden, c.extra, {p: with_.get(p) for p in text["params"]})
                lapsed = text["lapses"] is not None and text["lapses"](holder)
                if c.there(text["spans"], text["hidden"], day) and not lapsed:
                    bound.append((text, holder))
        later = not main and not home and bool(bound)
        if not main and not later:
            return NE, {r["name"]: "inactive" for r in g["rules"] + g["provisos"]}
        active, status = self.links(g, c, main, later, in_force)
        strictest, routes = P, []
        for r in g["rules"]:
            if r["name"] not in active:
                continue
            gone = lambda part, effect=None: any(x == (r["name"], part, effect) for x in self.gone)
            if r["prohibits"] and not gone("prohibition"):
                strictest = max(strictest, self.bar(r["lift"], state))
            price = P
            for n, _, implies in r["needs"]:
                implied = any(n in others and state[o][0] == "granted" and state[n][0] == "none" for o, _, others in r["needs"])
                if not implied and not gone("need", n):
                    price = max(price, {"granted": P, "refused": X}.get(state[n][0], AR))
                if state[n] == ("granted", True):
                    strictest = max(strictest, PP)
            if any(not gone("proviso", b) for b in r["binds"]):
                price = max(price, PP)
            if r["permits"]:
                routes += [] if gone("permission") else [price]
            elif r["needs"] or r["binds"]:
                strictest = max(strictest, price)
        if main:
            otherwise = P if g["otherwise"] == P or g["lift"] and state[g["lift"][0]][0] == "granted" else X
            if not routes and g["otherwise"] == X and g["lift"] and state[g["lift"][0]] == ("granted", True):
                strictest = max(strictest, PP)
            strictest = max(strictest, min(routes) if routes else otherwise)
        if later:
            for text, holder in bound:
                applies = text["when"] is None or text["when"](holder)
                if applies or status.get(text["name"]) != "active":
                    status[text["name"]] = "active" if applies else "inactive"
                if not applies:
                    continue
                if text["prohibits"]:
                    strictest = max(strictest, self.bar(text["lift"], state))
                for n, *_ in text["needs"]:
                    strictest = max(strictest, {"granted": PP if state[n][1] else P, "refused": X}.get(state[n][0], AR))
        return strictest, status

    @staticmethod
    def bar(lift, state):
        if lift and state[lift[0]][0] == "granted":
            return PP if state[lift[0]][1] else P
        return X

    def links(self, g, c, main, later, in_force):
        """Which rules apply: those that nothing over them defeats, from the top down."""
        rules = {r["name"]: r for r in g["rules"]}
        over = {n: [] for n in rules}  # who defeats it: name, part, effect
        for r in g["rules"]:
            for side in ("over", "under"):
                for part, effect, name, spans in r[side]:
                    if window(spans, self.law_of) == "no":
                        continue
                    names = [x for x in rules if rules[x]["group"] == name] if part == "group" else [name]
                    for n in names:
                        strong, weak = (r["name"], n) if side == "over" else (n, r["name"])
                        over[weak].append((strong, "whole" if part == "group" else part, effect))
        met, active, status = {}, {}, {}

        def applies(n):
            if n not in active:
                r = rules[n]
                gate = later and in_force if r["group"] == "later_transfers" else main
                met[n] = bool(gate and c.there(r["spans"], r["hidden"]) and (r["when"] is None or r["when"](c)))
                active[n] = met[n] and not any(part == "whole" and applies(s) for s, part, _ in over[n])
            return active[n]
        for n in rules:
            applies(n)
            status[n] = "active" if active[n] else "defeated" if met[n] else "inactive"
        self.gone = {(n, part, effect) for n in rules for s, part, effect in over[n] if active[s]}
        return {n for n in rules if active[n]}, status


def answer(q):
    lines = q["transfer"].get("lines") or [{}]
    question = Question(q)
    best = worst = NE
    regimes = {}
    for line in lines:
        each, joint = question.line(line)
        if joint:
            best, worst = max(best, min(joint)), max(worst, max(joint))
        for name, (found, seen) in each.items():
            if not found:
                raise SystemExit("the facts contradict each other")
            settled = lambda s: sorted(r for r, v in seen.items() if v == {s})
            regimes[name] = {"finding": ORDER[min(found)] if len(found) == 1 else "open", "best": ORDER[min(found)], "worst": ORDER[max(found)],
                             "active": settled("active"), "defeated": settled("defeated"),
                             "undecided": sorted(r for r, v in seen.items() if "active" in v and v != {"active"})}
    out = {"regimes": regimes}
    if q.get("jointly"):
        out.update(finding=ORDER[best] if best == worst else "open", best=ORDER[best], worst=ORDER[worst])
        if question.unassessed() and best != X:
            out.update(finding="not_assessed", worst=ORDER[X])
    return out


if __name__ == "__main__":
    json.dump(answer(json.load(sys.stdin)), sys.stdout, indent=1)
