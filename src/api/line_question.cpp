#include "api/line_question.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/ascii.h"
#include "base/countries.h"
#include "engine/space.h"
#include "model/reader.h"

namespace sekisho {
namespace {

constexpr std::array roles{"exporter", "consignee", "end_user"};

class Builder {
 public:
  Builder(const Law& law, const World& world, bool has_world, const Transfer& t, const TransferLine& line,
          const Days& days, bool hide, Diagnostics& diags)
      : law_(law),
        world_(world),
        has_world_(has_world),
        transfer_(t),
        line_(line),
        days_(days),
        hide_(hide),
        diags_(diags) {}

  LineQuestion run(const std::vector<KnownByHand>& by_hand) {
    Question& q = out_.question;
    q.law = &law_;
    q.world = &world_;
    q.law_day = days_.law;
    q.transfer_day = days_.on;
    q.silence_is_none = hide_ || !has_world_;
    for (std::size_t i = 0; i < by_hand.size(); ++i) {
      const bool again = std::any_of(by_hand.begin(), by_hand.begin() + static_cast<std::ptrdiff_t>(i),
                                     [&](const KnownByHand& k) { return k.fact == by_hand[i].fact; });
      if (again)
        diags_.emit(code::key_twice, by_hand[i].knowledge.at, by_hand[i].fact)
            .fix("write `A|B` for several possible values");
      else
        hand(by_hand[i]);
    }
    entries(transfer_.answers);
    entries(line_.facts);
    entries(transfer_.facts);
    structural();
    goods();
    for (const char* role : roles) party(role);
    records();
    for (const Instrument& i : world_.instruments) instrument(i);
    return std::move(out_);
  }

 private:
  // --- facts ---
  FactId fact(const std::string& name, TextSpan at) {
    const FactId f = law_.find_fact(name);
    if (!f.valid()) {
      std::vector<std::string> names;
      for (const Fact& k : law_.facts) names.push_back(k.name);
      auto e = diags_.emit(code::unknown_fact, at, name);
      const std::string near = nearest(name, names);
      if (!near.empty())
        e.fix(fmt::format("write `{}`", near), {{at, near}});
      else
        e.fix("`sekisho facts` lists the facts there are");
    }
    return f;
  }
  std::optional<Value> value(FactId f, const Claim& c) {
    const Type t = law_[f].type.element();
    auto v = read_value(t, c.value);
    if (v && t.kind == FactType::country && !is_country_code(v->text)) v.reset();
    if (v && has_world_ && !exists(t.kind, v->text)) {
      auto e = diags_.emit(code::unknown_party, c.at, word_of(t.kind), c.value);
      const std::string near = nearest(c.value, names_of(t.kind));
      if (!near.empty())
        e.fix(fmt::format("write `{}`", near), {{c.at, near}});
      else
        e.fix("add it to the world, or correct its name");
      return std::nullopt;
    }
    if (!v) {
      auto e = diags_.emit(code::value_of_other_type, c.at, c.value, law_[f].name, describe(t));
      const std::string near = nearest(c.value, t.choices);
      if (!near.empty())
        e.fix(fmt::format("write `{}`", near), {{c.at, near}});
      else if (t.kind == FactType::country)
        e.fix(how_states_are_written);
      else if (t.kind == FactType::code && !is_code(c.value))
        e.fix(how_codes_are_written);
      else if (!t.choices.empty())
        e.fix(fmt::format("write one of {}", fmt::join(t.choices, ", ")));
    }
    return v;
  }
  static std::string_view word_of(FactType kind) {
    return kind == FactType::party ? "party" : kind == FactType::item ? "item" : "lot";
  }
  std::vector<std::string> names_of(FactType kind) const {
    std::vector<std::string> out;
    const auto all = [&](const auto& things) {
      for (const auto& t : things) out.push_back(t.id);
    };
    if (kind == FactType::party) all(world_.parties);
    if (kind == FactType::item) all(world_.items);
    if (kind == FactType::lot) all(world_.lots);
    return out;
  }
  bool exists(FactType kind, const std::string& name) const {
    if (kind == FactType::party) return world_.party(name) != nullptr;
    if (kind == FactType::item) return world_.item(name) != nullptr;
    return kind != FactType::lot || world_.lot(name) != nullptr;
  }
  bool has(FactId f) const { return out_.provenance.contains(f); }

  /// How a set is written that was given as one value or several, or as a table has it: members between `;`,
  /// `none` where there are none.
  static std::string as_set(const Type& of, const Knowledge& k) {
    std::vector<std::string> members;
    for (const Claim& c : k.values)
      for (std::size_t begin = 0; begin <= c.value.size();) {
        const std::size_t end = std::min(c.value.find(';', begin), c.value.size());
        const std::string member(without_blanks_around(std::string_view(c.value).substr(begin, end - begin)));
        const bool nobody = member.empty() || (member == "none" && !read_value(of, member));
        if (!nobody && std::find(members.begin(), members.end(), member) == members.end())
          members.push_back(member);
        begin = end + 1;
      }
    return members.empty() ? "write `[]`: it has no member"
                           : fmt::format("write `[{}]`: exactly these members", fmt::join(members, ","));
  }
  void set(FactId f, const Knowledge& k) {
    if (has(f)) return;
    KnownFact known;
    known.fact = f;
    known.form = k.form;
    known.complete = k.complete;
    const bool set = law_[f].type.is_set;
    if (set != (k.form == Knowledge::Form::members) && k.form != Knowledge::Form::unknown) {
      diags_.emit(code::wrong_form, k.at, set ? "a list of values" : "one value")
          .fix(set ? as_set(law_[f].type.element(), k)
                   : "write one value, or `{one_of: [...]}` where it is one of several");
      return;
    }
    for (const Claim& c : k.values)
      if (auto v = value(f, c)) known.values.push_back(*v);
    Provenance p{k.from, k.by, k.source, k.on, k.contested, {}};
    if (k.contested)
      for (const Claim& c : k.values) p.claims.emplace_back(c.value, c.by);
    out_.provenance[f] = std::move(p);
    if (known.values.size() != k.values.size()) return;
    if (k.form == Knowledge::Form::between && !is_range(f, known, k)) return;
    out_.question.facts.push_back(std::move(known));
  }
  bool is_range(FactId f, const KnownFact& known, const Knowledge& k) {
    const Value &from = known.values[0], &to = known.values[1];
    if (law_[f].type.ordered() && from.text == to.text && from.number <= to.number) return true;
    diags_.emit(code::not_a_range, k.at, law_[f].name)
        .note(!law_[f].type.ordered() ? fmt::format("it is {}", describe(law_[f].type))
              : from.text != to.text  ? "its ends are in two currencies"
                                      : "it ends before it begins");
    return false;
  }
  void set(const std::string& name, const std::string& v, const std::string& from, TextSpan at,
           const std::string& source = {}) {
    const FactId f = law_.find_fact(name);
    if (!f.valid() || v.empty() || v == "unknown" || law_[f].judged_by.valid()) return;
    contradicts(f, {v}, from, at);
    Knowledge k;
    k.form = law_[f].type.is_set ? Knowledge::Form::members : Knowledge::Form::alternatives;
    k.values = {{v, {}, at}};
    k.from = from;
    k.source = source;
    k.at = at;
    set(f, k);
  }
  /// What a file states of a fact must agree with what its goods and parties are known to be; what is given
  /// by hand goes before both.
  void contradicts(FactId f, const std::vector<std::string>& values, const std::string& from, TextSpan at) {
    if (from == "transfer" && has(f) && out_.provenance[f].from == from) return;  // `agree` has seen it
    if (!has(f) || out_.provenance[f].from == "given by hand" || out_.provenance[f].from == "answered")
      return;
    const bool set = law_[f].type.is_set;
    const Type t = law_[f].type.element();
    for (const KnownFact& k : out_.question.facts) {
      if (k.fact != f || k.form == Knowledge::Form::unknown || (set && !k.complete)) continue;
      bool agree = !set || k.values.size() == values.size();
      for (const std::string& text : values)
        if (const auto v = read_value(t, text))
          agree = agree &&
                  (set ? std::find(k.values.begin(), k.values.end(), *v) != k.values.end() : allows(k, *v));
      if (!agree)
        diags_.emit(code::said_twice, at, law_[f].name, from, fmt::format("{}", fmt::join(values, ", ")))
            .note(fmt::format("the other word is of the {}", out_.provenance[f].from))
            .fix("correct the one that is wrong");
    }
  }
  void entries(const FactEntries& all) {
    for (const FactEntry& e : all) {
      const FactId f = fact(e.fact, e.at);
      if (!f.valid()) continue;
      if (law_[f].judged_by.valid()) {
        diags_.emit(code::judged_given, e.at, e.fact, law_[law_[f].judged_by].name)
            .fix("record the finding as an instrument of the world, under `finds`");
        continue;
      }
      set(f, e.knowledge);
    }
  }
  void hand(const KnownByHand& k) {
    const FactId f = fact(k.fact, k.knowledge.at);
    if (!f.valid()) return;
    if (!law_[f].judged_by.valid()) return set(f, k.knowledge);
    out_.provenance[f] = {k.knowledge.from, {}, {}, {}, false, {}};
    for (const Claim& c : k.knowledge.values) {
      const auto v = value(f, c);
      if (!v) continue;
      // A finding taken for granted: an instrument that the answer calls assumed.
      Instrument i;
      i.id = std::string(assumed_finding) + k.fact;
      i.title = "finding given by hand";
      i.assumed = true;
      i.issued = days_.on;
      i.valid = {};
      out_.assumed.push_back(std::move(i));
      ActingInstrument a;
      a.instrument = &out_.assumed.back();
      a.authority = law_[f].judged_by;
      a.finds.emplace_back(f, v->number == 1);
      out_.question.instruments.push_back(std::move(a));
    }
  }

  // --- the transfer's own words ---
  void structural() {
    agree("departure", "from", transfer_.from);
    agree("destination", "to", transfer_.to);
    agree("kind", "kind", transfer_.kind);
    set("departure", transfer_.from, "transfer", place("from"));
    set("destination", transfer_.to, "transfer", place("to"));
    set("kind", transfer_.kind, "transfer", place("kind"));
    on_the_way();
    for (const std::string_view name : facts_with_a_say)
      for (const KnownFact& k : out_.question.facts)
        if (law_[k.fact].name == name && k.form == Knowledge::Form::alternatives)
          for (const Value& v : k.values) say(v.text, true);
  }
  /// Where the vocabulary asks for the states on the way, the law of each can read them; else nobody's does.
  void on_the_way() {
    const FactId via = fact_of_states_on_the_way(law_);
    if (!via.valid()) {
      out_.transit = transfer_.via;
      return;
    }
    if (!transfer_.via.empty()) {
      Knowledge k;
      k.form = Knowledge::Form::members;
      k.from = "transfer";
      k.at = place("via");
      for (const std::string& state : transfer_.via) k.values.push_back({state, {}, k.at});
      contradicts(via, transfer_.via, "via", k.at);
      set(via, k);
    }
    for (const KnownFact& k : out_.question.facts)
      if (k.fact == via)
        for (const Value& v : k.values) say(v.text);
  }
  TextSpan place(std::string_view key) const {
    const auto it = transfer_.places.find(key);
    return it == transfer_.places.end() ? transfer_.at : it->second;
  }
  /// A key of the transfer and a fact of it that say the same must agree.
  void agree(const std::string& name, const std::string& key, const std::string& v) {
    const FactId f = law_.find_fact(name);
    if (!f.valid() || v.empty() || v == "unknown") return;
    for (const FactEntry& e : transfer_.facts)
      if (e.fact == name && (e.knowledge.values.size() != 1 || e.knowledge.values.front().value != v))
        diags_.emit(code::said_twice, e.at, name, key, v).fix(fmt::format("leave out one of the two"));
  }
  /// @param by_fact  of the line, which may be another
  void say(const std::string& state, bool by_fact = false) {
    if (!by_fact) out_.states_beside_facts.push_back(state);
    if (!state.empty() && std::find(out_.states_with_a_say.begin(), out_.states_with_a_say.end(), state) ==
                              out_.states_with_a_say.end())
      out_.states_with_a_say.push_back(state);
  }
  /// A state's reserved right gives it a say, unless the goods come to that state itself.
  void reserved(const std::string& state) {
    if (state != transfer_.to) say(state);
  }

  void goods() {
    const Lot* lot = line_.lot.empty() ? nullptr : world_.lot(line_.lot);
    const std::string item_id = !line_.item.empty() ? line_.item : lot ? lot->item : "";
    const Item* item = item_id.empty() ? nullptr : world_.item(item_id);
    if (lot && !line_.item.empty() && lot->item != line_.item)
      diags_.emit(code::said_twice, line_.at, "item: " + line_.item, "lot " + lot->id, lot->item)
          .fix("leave out `item`: the lot says what it is");
    if (lot) {
      set("lot", lot->id, "line " + line_.id, line_.at);
      entries(lot->facts);
      set("goods.made_in", lot->made_in, "lot " + lot->id, lot->at, lot->source);
      licence(*lot);
      reserved(lot->made_in);
      provenance(*lot);
      amount(*lot);
      rights(*lot);
    }
    if (item) {
      set("item", item->id, "line " + line_.id, line_.at);
      entries(item->facts);
    }
  }
  void licence(const Lot& lot) {
    const Agreement* a = world_.agreement(lot.made_under);
    const FactId under = law_.find_fact("goods.made_under_licence"),
                 states = law_.find_fact("goods.licensor_states");
    if (!a) return;
    if (under.valid()) set("goods.made_under_licence", "yes", "agreement " + a->id, a->at, a->source);
    for (const std::string& s : a->licensor_states) reserved(s);
    if (!states.valid() || a->licensor_states.empty()) return;
    Knowledge k;
    k.form = Knowledge::Form::members;
    k.at = a->at;
    k.from = "agreement " + a->id;
    k.source = a->source;
    for (const std::string& s : a->licensor_states) k.values.push_back({s, {}, a->at});
    contradicts(states, a->licensor_states, "agreement " + a->id, a->at);
    set(states, k);
  }
  /// The proviso that a file speaks of, with the parameters that it gives; none, after a message.
  ProvisoId known_proviso(const ProvisoOn& p) {
    const ProvisoId id = law_.find_proviso(p.proviso);
    if (!id.valid()) {
      diags_.emit(code::unknown_rule_name, p.at, "proviso", p.proviso);
      return id;
    }
    const auto& parameters = law_[law_[id].versions.front()].parameters;
    for (const auto& [name, party] : p.with)
      if (std::find(parameters.begin(), parameters.end(), name) == parameters.end()) {
        diags_.emit(code::unknown_rule_name, p.at, "parameter of `" + p.proviso + "`", name)
            .fix(fmt::format("its parameters: {}", fmt::join(parameters, ", ")));
        return {};
      }
    return id;
  }
  /// Rights of a lot that has a history. Where nobody attests that its provenance is complete for the right's
  /// state, it may lie on the lot all the same, or on more of it.
  void rights(const Lot& lot) {
    for (const RightOn& r : lot.rights) reserved(law_[law_.find_right(r.right)].state);
    if (!lot.has_history) return;
    for (std::uint32_t i = 0; i < law_.facts.size(); ++i)
      if (law_.facts[i].from_right.valid()) right(lot, FactId{i}, law_[law_.facts[i].from_right]);
  }
  void right(const Lot& lot, FactId f, const Right& of) {
    const auto on = std::find_if(lot.rights.begin(), lot.rights.end(),
                                 [&](const RightOn& r) { return r.right == of.name; });
    const bool lies = on != lot.rights.end();
    const bool attested = out_.attested.contains(of.state);
    const bool more = !attested || (lies && on->more_possible);
    const std::int64_t share = lies ? on->share.value_or(0) : 0;
    const bool counted = law_[f].type.kind == FactType::share;
    if (more && (!lies || (counted ? share == 0 : on->more_possible))) return;
    Knowledge k;
    k.from = fmt::format("custody of lot {}{}", lot.id,
                         counted && lies ? ": " + on->fraction + " of its value" : "");
    k.source = lot.source;
    k.at = lot.at;
    const auto say = [&](const Value& v) { k.values.push_back({show_value(law_[f].type, v), {}, lot.at}); };
    say(counted ? Value{share, {}} : Value{lies ? 1 : 0, {}});
    k.form = Knowledge::Form::alternatives;
    if (counted && more && share != Value::whole_share) {
      k.form = Knowledge::Form::between;
      say({Value::whole_share, {}});
    }
    const bool less_said =  // than is known to be in it
        std::any_of(out_.question.facts.begin(), out_.question.facts.end(), [&](const KnownFact& other) {
          return other.fact == f && other.form == Knowledge::Form::alternatives &&
                 std::all_of(other.values.begin(), other.values.end(),
                             [&](const Value& v) { return v.number < share; });
        });
    if (k.form == Knowledge::Form::alternatives || less_said)
      contradicts(f, {k.values.front().value}, k.from, lot.at);
    set(f, k);
  }
  /// The law asks of no lot how much it holds: what is permitted of more is told, and no reservation has it.
  void amount(const Lot& lot) {
    const auto asked = parse_amount(line_.quantity);
    if (!asked || !lot.holds || asked->unit != lot.holds->unit) return;
    Amount all{0, asked->unit};
    std::size_t lines = 0;
    for (const TransferLine& l : transfer_.lines)
      if (const auto more = l.lot == lot.id ? parse_amount(l.quantity) : std::nullopt;
          more && more->unit == all.unit) {
        ++lines;
        if (__builtin_add_overflow(all.ten_thousandths, more->ten_thousandths, &all.ten_thousandths))
          all.ten_thousandths = INT64_MAX;
      }
    if (all.ten_thousandths <= lot.holds->ten_thousandths) return;
    out_.notes.push_back(fmt::format(
        "lot `{}` holds {}; {}", lot.id, to_string(*lot.holds),
        lines == 1 ? fmt::format("line `{}` asks for {}", line_.id, to_string(*asked))
                   : fmt::format("{} lines of the transfer ask for {} together", lines, to_string(all))));
  }
  void provenance(const Lot& lot) {
    for (const ProvisoOn& p : lot.provisos) {
      const ProvisoId id = known_proviso(p);
      if (!id.valid()) continue;
      Carried c;
      c.proviso = id;
      c.by = p.by;
      c.bound_on = p.bound_on.value_or(days_.law);
      if (c.bound_on > days_.on) continue;  // it binds from that day on
      const auto& versions = law_[id].versions;
      if (std::all_of(versions.begin(), versions.end(),
                      [&](RuleId r) { return covers(law_[r].windows, c.bound_on) == Covers::no; })) {
        diags_.emit(code::no_such_text, p.at, p.proviso, to_string(c.bound_on));
        continue;
      }
      for (const std::string& parameter : law_[law_[id].versions.front()].parameters) {
        const auto it =
            std::find_if(p.with.begin(), p.with.end(), [&](const auto& w) { return w.first == parameter; });
        c.arguments.push_back(it == p.with.end() ? "" : it->second);
      }
      reserved(law_[law_[law_[id].regime].authority].state);
      out_.question.carried.push_back(std::move(c));
    }
    for (const Attestation& a : lot.attestations)
      if (!a.on || *a.on <= days_.known) {
        out_.question.clean_for.push_back(a.jurisdiction);
        out_.attested.emplace(a.jurisdiction, a);
      }
  }
  void party(const std::string& role) {
    const std::string id = role == "exporter"    ? transfer_.exporter
                           : role == "consignee" ? transfer_.consignee
                                                 : transfer_.end_user;
    const std::vector<const Party*> wholes = world_.wholes(id);
    if (wholes.empty()) return;
    const Party* p = wholes.front();
    set(role, id, "transfer", place(role));
    set(role + ".country", p->country, "party " + id, p->at, p->source);
    // A body shares what is known of the one it belongs to, unless something else is known of it.
    for (const Party* whole : wholes)
      for (const FactEntry& e : whole->facts) {
        const FactId f = law_.find_fact(role + "." + e.fact);
        if (f.valid() && !law_[f].judged_by.valid())
          set(f, e.knowledge);
        else if (!known_of_some_role(e.fact))
          fact(e.fact, e.at);
      }
  }
  bool known_of_some_role(const std::string& name) const {
    return std::any_of(roles.begin(), roles.end(),
                       [&](const char* r) { return law_.find_fact(std::string(r) + "." + name).valid(); });
  }

  // --- authorities ---
  AuthorityId authority(const std::string& name, TextSpan at) {
    const AuthorityId a = law_.find_authority(name);
    if (!a.valid()) diags_.emit(code::unknown_rule_name, at, "authority", name);
    return a;
  }
  void records() {
    for (const Record& r : world_.records) {
      const AuthorityId a = authority(r.authority, r.at);
      if (a.valid() && r.complete_to >= days_.on && days_.known >= days_.on)
        out_.question.complete_records.push_back(a);
    }
  }
  /// An act about a matter of policy, such as fighting in a state, is no answer about this transfer.
  bool about_policy(const ActingInstrument& a) const {
    if (!a.answers.empty() || a.finds.empty()) return false;
    std::set<FactId> subjects;
    for (const auto& [f, yes] : a.finds) subjects.insert(law_[f].of.begin(), law_[f].of.end());
    return !subjects.empty() && std::all_of(a.scope.begin(), a.scope.end(),
                                            [&](const auto& s) { return subjects.contains(s.first); });
  }
  /// Of what is asked at once, when a limit never grants so much. What is left of a limit is for whoever
  /// reserves.
  bool more_than_granted(const Instrument& i) {
    const Lot* lot = world_.lot(line_.lot);
    const std::string& item = line_.item.empty() && lot != nullptr ? lot->item : line_.item;
    const auto quantity = parse_amount(line_.quantity), value = parse_amount(line_.value);
    for (const Limit& l : i.limits) {
      const auto& asked = l.measure == Measure::value ? value : quantity;
      const bool of_item =
          l.items.empty() || std::find(l.items.begin(), l.items.end(), item) != l.items.end();
      const bool to_consignee =
          l.consignees.empty() ||
          std::any_of(l.consignees.begin(), l.consignees.end(),
                      [&](const std::string& c) { return world_.within(transfer_.consignee, c); });
      if (!asked || !of_item || !to_consignee || asked->unit != l.most.unit ||
          asked->ten_thousandths <= l.most.ten_thousandths)
        continue;
      out_.notes.push_back(fmt::format("`{}` grants at most {}, and line `{}` is of {}: it covers nothing",
                                       i.id, to_string(l), line_.id, to_string(*asked)));
      return true;
    }
    return false;
  }
  void instrument(const Instrument& i) {
    const std::size_t before = diags_.all().size();
    ActingInstrument a;
    a.instrument = &i;
    a.authority = authority(i.authority, i.at);
    a.state = i.state;
    for (const Claim& c : i.answers) {
      const NeedId n = law_.find_need(c.value);
      if (!n.valid()) {
        diags_.emit(code::unknown_rule_name, c.at, "need", c.value);
        continue;
      }
      if (law_[n].from != a.authority)
        out_.notes.push_back(fmt::format("`{}` is of {}, but {} is for {} to give: it covers nothing", i.id,
                                         i.authority, c.value, law_[law_[n].from].name));
      a.answers.push_back(n);
    }
    for (const auto& [name, v] : i.finds) finding(i, a, name, v);
    for (const ScopeEntry& s : i.scope) {
      const FactId f = fact(s.fact, s.at);
      if (!f.valid()) continue;
      if (law_[f].type.is_set) {
        diags_.emit(code::wrong_form, s.at, "a fact with one value: a scope cannot be a set");
        continue;
      }
      std::vector<Value> values;
      for (const Claim& c : s.values)
        if (auto v = value(f, c)) values.push_back(*v);
      a.scope.emplace_back(f, std::move(values));
    }
    for (const ProvisoOn& p : i.provisos) known_proviso(p);
    if (!i.covers_nothing.empty()) {
      out_.notes.push_back(fmt::format("`{}` {}: it covers nothing", i.id, i.covers_nothing));
      return;
    }
    if (i.state == InstrumentState::granted && more_than_granted(i)) return;
    if (i.scope.empty() && !a.answers.empty())
      out_.notes.push_back(fmt::format("`{}` names no scope: it covers every line", i.id));
    if (diags_.all().size() > before) return;
    // Findings are read on the day of the law, answers to a need on the day of the transfer.
    const Date day = a.answers.empty() && !a.finds.empty() ? days_.law : days_.on;
    if (i.issued > day || i.recorded > days_.known || day < i.valid.from.earliest) return;
    if (day > i.valid.to.latest) {
      if (a.state == InstrumentState::suspended || a.state == InstrumentState::pending) return;
      if (a.state == InstrumentState::granted) a.state = InstrumentState::lapsed;
    }
    if (hide_ && !about_policy(a)) return;
    out_.question.instruments.push_back(std::move(a));
  }
  void finding(const Instrument& i, ActingInstrument& a, const std::string& name, const std::string& v) {
    const FactId f = fact(name, i.at);
    if (!f.valid()) return;
    if (!law_[f].judged_by.valid()) {
      diags_.emit(code::value_of_other_type, i.at, v, name, "not a judged fact");
      return;
    }
    if (law_[f].judged_by != a.authority)
      out_.notes.push_back(fmt::format("`{}` is of {}, but {} is for {} to find: it decides nothing", i.id,
                                       i.authority, name, law_[law_[f].judged_by].name));
    const auto read = value(f, {v, {}, i.at});
    if (read) a.finds.emplace_back(f, read->number == 1);
  }

  const Law& law_;
  const World& world_;
  bool has_world_;
  const Transfer& transfer_;
  const TransferLine& line_;
  const Days& days_;
  bool hide_;
  Diagnostics& diags_;
  LineQuestion out_;
};

}  // namespace

std::vector<KnownByHand> known_by_hand(Sources& sources, const std::vector<std::string>& given,
                                       Diagnostics& diags) {
  std::vector<KnownByHand> out;
  for (const std::string& g : given) {
    const SourceId id = sources.add("the command line", g);
    const TextSpan at{id, 0, static_cast<std::uint32_t>(g.size())};
    const std::size_t eq = g.find('=');
    if (eq == std::string::npos)
      diags.emit(code::wrong_form, at, "FACT=VALUE");
    else
      out.push_back({g.substr(0, eq), read_known(std::string_view(g).substr(eq + 1), at)});
  }
  return out;
}

LineQuestion line_question(const Law& law, const World& world, bool has_world, const Transfer& transfer,
                           const TransferLine& line, const Days& days,
                           const std::vector<KnownByHand>& by_hand, bool without_instruments,
                           Diagnostics& diags) {
  return Builder(law, world, has_world, transfer, line, days, without_instruments, diags).run(by_hand);
}

}  // namespace sekisho
