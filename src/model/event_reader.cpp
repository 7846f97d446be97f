#include "model/event_reader.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <future>
#include <iterator>

#include "model/account_event_reader.h"
#include "model/event_values.h"
#include "model/reader.h"

namespace sekisho {
namespace {

using Value = EventValues::Value;

constexpr std::array<std::string_view, 7> common_keys{"event", "id", "on", "by", "source", "reason", "note"};

struct Keys {
  std::vector<std::string_view> all;  // at most 64
  std::vector<std::size_t> required;  // their places
};

Keys split_keys(std::string_view text) {
  Keys k{{common_keys.begin(), common_keys.end()}, {0, 1, 2}};
  static_assert(common_keys[0] == "event" && common_keys[1] == "id" && common_keys[2] == "on");
  while (!text.empty()) {
    std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const bool optional = word.ends_with('?');
    if (optional) word.remove_suffix(1);
    const auto place = static_cast<std::size_t>(std::find(k.all.begin(), k.all.end(), word) - k.all.begin());
    if (!optional) k.required.push_back(place);
    if (place == k.all.size()) k.all.push_back(word);
  }
  return k;
}

const Keys& keys_of(EventKind kind) {
  static const std::vector<Keys> keys{
#define EVENT(NAME, WORD, FAMILY, KEYS) split_keys(KEYS),
#include "model/event_kinds.def"
#undef EVENT
  };
  return keys[static_cast<std::size_t>(kind)];
}

}  // namespace

struct EventReader::Body : EventValues {
  explicit Body(Diagnostics& diags) : EventValues(diags) {}

  // --- the event and what every kind has ---
  /// @param inside  it stands in a correction: its id is that of the event corrected and may be left out
  /// @returns false after a report that it is of no kind
  bool read(Event& e, JsonText::Object object, TextSpan at, bool inside) {
    const std::string word = json.peek(object, "event");
    const auto kind = parse_event_kind(word);
    if (!kind) {
      unknown_kind(word, at);
      return false;
    }
    e.kind = *kind;
    e.at = at;
    begin_body(e);
    const std::vector<std::string_view>& known = keys_of(e.kind).all;
    std::uint64_t seen = 0;  // a bit for each that is known
    json.keys(object, [&](std::string_view key, TextSpan key_at, Value v) {
      const auto it = std::find(known.begin(), known.end(), key);
      if (it == known.end()) return unknown_key(key, key_at, {known.begin(), known.end()});
      seen |= std::uint64_t{1} << (it - known.begin());
      if (!common_key(e, key, key_at, v)) body_key(e, key, key_at, v);
    });
    for (const std::size_t k : keys_of(e.kind).required)
      if (known[k] != "id" || !inside) must_have((seen >> k & 1) != 0, known[k], at);
    end_body(e);
    return true;
  }
  void unknown_kind(const std::string& word, TextSpan at) {
    if (word.empty()) {
      diags().emit(code::missing_key, at, "event");
      return;
    }
    auto e = diags().emit(code::unknown_event, at, word);
    const std::string near = nearest(word, event_kind_words());
    e.fix(near.empty() ? fmt::format("the events are {}", fmt::join(event_kind_words(), ", "))
                       : fmt::format("write `{}`", near));
  }
  bool common_key(Event& e, std::string_view key, TextSpan at, Value v) {
    if (key == "event")
      text(v);  // read beforehand
    else if (key == "id")
      e.id = name(v);
    else if (key == "on")
      e.on = day(v, at);
    else if (key == "by")
      e.by = name(v);
    else if (key == "source")
      e.source = text(v);
    else if (key == "reason")
      e.reason = text(v);
    else if (key == "note")
      e.note = text(v);
    else
      return false;
    return true;
  }

  // A new family: its struct in event.h, its lines in event_kinds.def, and a line in each of these three.
  void begin_body(Event& e) {
    if (family_of(e.kind) == EventFamily::authorise) accounts.begin();
    switch (family_of(e.kind)) {
      case EventFamily::goods: e.body.emplace<Goods>(); break;
      case EventFamily::attest: e.body.emplace<Attest>(); break;
      case EventFamily::enter: e.body.emplace<Enter>(); break;
      case EventFamily::correct: e.body.emplace<Correct>(); break;
      case EventFamily::authorise: e.body.emplace<Authorise>(); break;
      case EventFamily::reserve: e.body.emplace<Reserve>(); break;
      case EventFamily::take: e.body.emplace<Take>(); break;
      case EventFamily::expire: e.body.emplace<Expire>(); break;
      case EventFamily::fulfil: e.body.emplace<Fulfil>(); break;
      case EventFamily::stop: e.body.emplace<Stop>(); break;
      case EventFamily::lift: e.body.emplace<Lift>(); break;
    }
  }
  void body_key(Event& e, std::string_view key, TextSpan at, Value v) {
    if (auto* goods = std::get_if<Goods>(&e.body)) goods_key(*goods, key, at, v);
    if (auto* attest = std::get_if<Attest>(&e.body)) attest_key(*attest, key, at, v);
    if (auto* enter = std::get_if<Enter>(&e.body)) enter_key(*enter, key, at, v);
    if (auto* correct = std::get_if<Correct>(&e.body)) correct_key(*correct, key, at, v);
    if (auto* authorise = std::get_if<Authorise>(&e.body)) accounts.key(*authorise, key, at, v);
    if (auto* reserve = std::get_if<Reserve>(&e.body)) accounts.key(*reserve, key, at, v);
    if (auto* take = std::get_if<Take>(&e.body)) accounts.key(*take, key, at, v);
    if (auto* expire = std::get_if<Expire>(&e.body); expire && key == "of") expire->of = name(v);
    if (auto* fulfil = std::get_if<Fulfil>(&e.body)) fulfil_key(*fulfil, key, v);
    if (auto* stop = std::get_if<Stop>(&e.body)) stop_key(*stop, key, at, v);
    if (auto* lift = std::get_if<Lift>(&e.body); lift && key == "of") lift->of = name(v);
  }
  void end_body(Event& e) {
    if (auto* enter = std::get_if<Enter>(&e.body)) end_enter(*enter, e.at);
    if (auto* correct = std::get_if<Correct>(&e.body)) end_correct(*correct, e.at);
    if (auto* authorise = std::get_if<Authorise>(&e.body)) accounts.end(*authorise, e);
    if (const auto* f = std::get_if<Fulfil>(&e.body); f && f->of.empty() == f->decision.empty())
      diags().emit(code::wrong_form, e.at,
                   "either the movement `of` or the `decision` that obliged somebody");
    if (const auto* stop = std::get_if<Stop>(&e.body); stop && stop->name.empty())
      diags().emit(code::wrong_form, e.at, "a state, party, item, lot or authorisation that is stopped");
  }

  void fulfil_key(Fulfil& f, std::string_view key, Value v) {
    (key == "kind" ? f.kind : key == "of" ? f.of : key == "decision" ? f.decision : f.rule) = name(v);
  }

  // --- stops ---
  void stop_key(Stop& s, std::string_view key, TextSpan at, Value v) {
    if (!s.name.empty()) {
      diags().emit(code::wrong_form, at, "one thing: what else is stopped has its own event");
      return;
    }
    s.kind = *parse_held_kind(key);
    s.name = s.kind == HeldKind::state ? state(v, at) : name(v);
  }

  // --- goods ---
  void goods_key(Goods& g, std::string_view key, TextSpan at, Value v) {
    if (key == "takes")
      json.list(v, "a list of lots", [&](Value e) { g.takes.push_back(taken(e)); });
    else if (key == "gives")
      json.list(v, "a list of lots", [&](Value e) { g.gives.push_back(given(e)); });
    else if (key == "using")
      g.made_with = names(v, "a list of lots");
    else if (key == "made_in")
      g.made_in = state(v, at);
    else if (key == "maker")
      g.maker = name(v);
    else if (key == "made_under")
      g.made_under = name(v);
    else if (key == "kind")
      g.kind = text(v);
    else if (key == "from")
      g.from = name(v);
    else if (key == "to")
      g.to = name(v);
    else if (key == "end_user")
      g.end_user = name(v);
    else if (key == "country")
      g.country = state(v, at);
    else if (key == "binds")
      g.binds = provisos(v, at);
    else if (key == "under")
      g.under = names(v, "a list of authorisations");
    else if (key == "decision")
      g.decision = name(v);
    else if (key == "facts")
      facts(g, v);
    else if (key == "due")
      g.due = day(v, at);
    else if (key == "of")
      g.of = name(v);
    if ((key == "takes" && g.takes.empty()) || (key == "gives" && g.gives.empty()))
      diags().emit(code::wrong_form, at, "at least one lot");
  }
  void facts(Goods& g, Value v) {
    g.facts_said = json.document(v);
    g.facts = read_facts(g.facts_said, "event", diags());
  }
  std::vector<ProvisoOn> provisos(Value v, TextSpan at) {
    const Doc list = json.document(v);
    if (list.is_list()) return read_provisos(list, diags());
    diags().emit(code::wrong_form, at, "a list of provisos");
    return {};
  }
  LotTaken taken(Value v) {
    LotTaken t;
    t.at = json.place(v);
    SeenKeys seen;
    json.object(v, "a lot that is taken", [&](std::string_view key, TextSpan at, Value value) {
      seen.insert(key);
      if (key == "lot")
        t.lot = name(value);
      else if (key == "quantity")
        t.quantity = quantity(value, at);
      else if (key == "serials")
        t.serials = serials(value);
      else if (key == "as")
        t.as = name(value);
      else
        unknown_key(key, at, {"lot", "quantity", "serials", "as"});
    });
    must_have_all({"lot"}, seen, t.at);
    if (t.quantity) serials_agree(t.serials, *t.quantity, t.at);
    return t;
  }
  LotGiven given(Value v) {
    LotGiven g;
    g.at = json.place(v);
    SeenKeys seen;
    json.object(v, "a lot that comes of it", [&](std::string_view key, TextSpan at, Value value) {
      seen.insert(key);
      if (key == "lot")
        g.lot = name(value);
      else if (key == "item")
        g.item = name(value);
      else if (key == "quantity")
        g.quantity = quantity(value, at);
      else if (key == "serials")
        g.serials = serials(value);
      else if (key == "value")
        g.value = money(value, at);
      else
        unknown_key(key, at, {"lot", "item", "quantity", "serials", "value"});
    });
    must_have_all({"lot", "item", "quantity"}, seen, g.at);
    serials_agree(g.serials, g.quantity, g.at);
    return g;
  }
  std::vector<std::string> serials(Value v) {
    std::vector<std::string> out = names(v, "a list of serial numbers");
    std::sort(out.begin(), out.end());
    const auto twice = std::adjacent_find(out.begin(), out.end());
    if (twice != out.end()) diags().emit(code::key_twice, json.place(v), *twice);
    return out;
  }
  void serials_agree(const std::vector<std::string>& serials, const Amount& quantity, TextSpan at) {
    const auto counted = static_cast<std::int64_t>(serials.size()) * one_whole;
    if (serials.empty() || quantity.unit.empty() || counted == quantity.ten_thousandths) return;
    diags().emit(code::wrong_form, at, "as many serial numbers as the quantity says");
  }

  // --- attest, enter, correct ---
  void attest_key(Attest& a, std::string_view key, TextSpan at, Value v) {
    if (key == "lot")
      a.lot = name(v);
    else if (key == "jurisdiction")
      a.jurisdiction = state(v, at);
    else if (key == "basis")
      a.basis = text(v);
  }
  void enter_key(Enter& e, std::string_view key, TextSpan at, Value v) {
    Doc name;
    name.form = Doc::Form::scalar;
    name.text = key;
    name.at = at;
    e.sections.form = Doc::Form::map;
    e.sections.entries.push_back({std::move(name), json.document(v)});
  }
  void end_enter(Enter& e, TextSpan at) {
    if (e.sections.entries.empty())
      diags().emit(code::wrong_form, at, "something that is entered, such as `parties`");
    else
      e.world = read_world_sections(e.sections, diags());
  }
  void correct_key(Correct& c, std::string_view key, TextSpan at, Value v) {
    if (key == "of") c.of = name(v);
    if (key == "withdrawn") c.withdrawn = yes(v, json.place(v));
    if (key != "instead") return;
    const TextSpan place = json.place(v);
    auto object = json.object(v, "a whole event");
    if (!object) return;
    // Seen before it is read: corrections in one another could be of any depth.
    if (json.peek(*object, "event") == to_string(EventKind::correct)) {
      diags().emit(code::wrong_form, at, "an event that is itself no correction");
      return;
    }
    if (!read(c.instead.emplace_back(), *object, place, true)) c.instead.pop_back();
  }
  void end_correct(Correct& c, TextSpan at) {
    if (c.withdrawn == !c.instead.empty())
      diags().emit(code::wrong_form, at, "either `instead` with a whole event, or `withdrawn: yes`");
    for (Event& e : c.instead) {
      if (!e.id.empty() && e.id != c.of)
        diags().emit(code::wrong_form, e.at, "the id of the event that is corrected, or none");
      e.id = c.of;
    }
  }

  AccountEventReader accounts{*this};
};

EventReader::EventReader(Diagnostics& diags) : body_(std::make_unique<Body>(diags)) {}
EventReader::~EventReader() = default;

bool EventReader::read_into(Event& event, std::string_view text, std::size_t after, TextSpan where) {
  const std::size_t before = body_->diags().all().size();
  body_->json.read(text, after, where,
                   [&](JsonText::Object object) { body_->read(event, object, where, false); });
  return body_->diags().all().size() == before;
}

std::optional<Event> EventReader::read(std::string_view text, std::size_t after, TextSpan where) {
  std::optional<Event> event(std::in_place);
  if (!read_into(*event, text, after, where)) event.reset();
  return event;
}

/// The last line, without a line end, is the beginning of an object and no more: whoever wrote it was
/// stopped.
static bool is_torn(std::string_view line) {
  if (!line.starts_with('{')) return false;
  Diagnostics found;
  EventReader(found).read(line);
  return std::any_of(found.all().begin(), found.all().end(),
                     [](const Diagnostic& d) { return d.code == &code::not_json; });
}

std::vector<Event> read_events(const Sources& sources, SourceId source, Diagnostics& diags) {
  std::vector<Event> out;
  read_events(sources, source, diags, out);
  return out;
}

namespace {

/// Reads the lines of a text from one place to another.
void read_lines(std::string_view text, SourceId source, std::size_t begin, std::size_t end,
                Diagnostics& diags, std::vector<Event>& into) {
  const std::string_view part = text.substr(begin, end - begin);
  into.reserve(into.size() + static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n')) + 1);
  EventReader reader(diags);
  while (begin < end) {
    const std::size_t line_end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, line_end - begin);
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
      const TextSpan where{source, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(line_end)};
      if (line_end == text.size() && is_torn(line))
        diags.emit(code::torn_line, where)
            .fix("delete this line and record its event again: it was never confirmed");
      else if (!reader.read_into(into.emplace_back(), line, text.size() - line_end, where))
        into.pop_back();
    }
    begin = line_end + 1;
  }
}

/// From where on a long text is read by somebody else meanwhile; its end where that is not worth it.
std::size_t second_half(std::string_view text) {
  constexpr std::size_t long_text = 1U << 20;
  if (text.size() < long_text) return text.size();
  const std::size_t line_end = text.find('\n', text.size() / 2);
  return line_end == std::string_view::npos ? text.size() : line_end + 1;
}

}  // namespace

void read_events(const Sources& sources, SourceId source, Diagnostics& diags, std::vector<Event>& into) {
  const std::string_view text = sources.text(source);
  if (const std::size_t first = text.find_first_not_of(" \t\r\n");
      first != std::string_view::npos && text[first] != '{' && text.find("\n{") == std::string_view::npos) {
    const auto at = static_cast<std::uint32_t>(first);
    diags.emit(code::not_json, TextSpan{source, at, at + 1}, "events are objects, one a line")
        .fix("name a file of events (`docs/events.md`); a world is given with `--world`");
    return;
  }
  const std::size_t half = second_half(text);
  if (half == text.size()) return read_lines(text, source, 0, half, diags, into);
  Diagnostics told;
  std::vector<Event> rest;
  auto other = std::async(std::launch::async | std::launch::deferred,
                          [&] { read_lines(text, source, half, text.size(), told, rest); });
  into.reserve(into.size() + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1);
  read_lines(text, source, 0, half, diags, into);
  other.get();
  into.insert(into.end(), std::make_move_iterator(rest.begin()), std::make_move_iterator(rest.end()));
  diags.add(told);
}

}  // namespace sekisho
